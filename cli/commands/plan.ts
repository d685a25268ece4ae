/** `gild plan`: runs a recipe on an overlay, prints what it would change, touches nothing; with `-o` keeps it to be applied. */
import type { Command } from "commander";

import { packageInfo, readSavedPlan, signPlan, type RunOptions, type RunResult } from "../../engine/index.ts";
import type { PlanDocument, Recipe } from "../../schemas/index.ts";
import { CommandError, EXIT, type Io } from "../io.ts";
import { planMarkdown } from "../render/markdown.ts";
import { planText } from "../render/plan.ts";
import { createStyle } from "../render/style.ts";
import { addImageOptions, runOnImage, type ImageOptions } from "./image-arguments.ts";
import { printOfflinePlan } from "./plan-offline.ts";
import {
  addReportOptions,
  checkPagePath,
  checkReportOptions,
  writePage,
  type ReportOptions,
} from "./report-arguments.ts";

interface PlanOptions extends ImageOptions, ReportOptions {
  readonly detailedExitcode?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly offline?: boolean;
  readonly output?: string;
  readonly sign?: string;
}

/** Options that are about an image: offline there is none. */
const GUEST_OPTIONS = {
  add: "-a",
  detailedExitcode: "--detailed-exitcode",
  format: "--format",
  fromStep: "--from-step",
  full: "--full",
  html: "--html",
  keepOnFailure: "--keep-on-failure",
  markdown: "--markdown",
  network: "--network",
  output: "-o",
  overlay: "--overlay",
  root: "--root",
  sign: "--sign",
  wipe: "--wipe",
} as const satisfies Partial<Record<keyof PlanOptions, string>>;

export function addPlan(program: Command, io: Io): void {
  addReportOptions(addImageOptions(program.command("plan").argument("<recipe>", "recipe file (YAML)")))
    .description("show what a recipe would change in an image (without -a: in a blank disk); nothing is touched")
    .option("-o, --output <file>", "save the plan and its overlay, for `gild apply <file>`")
    .option("--force", "let -o replace an existing file")
    .option("--sign <key>", "with -o: sign the plan with this SSH key")
    .option("--offline", "list the actions in their order, without an image, as if nothing were there yet")
    .option("--detailed-exitcode", "exit with 2 when there is something to change")
    .action(async (recipe: string, options: PlanOptions) => {
      if (options.offline === true) {
        checkOffline(options);
        await printOfflinePlan(recipe, options, io);
        return;
      }
      await plan(recipe, options, io);
    });
}

async function plan(path: string, options: PlanOptions, io: Io): Promise<void> {
  const { output, sign, json, html, markdown } = options;
  if (output === undefined && sign !== undefined) throw new CommandError("--sign: only with -o");
  checkReportOptions(options);
  // Before the run, which may take long.
  if (html !== undefined) await checkPagePath(html);
  const create = { format: "qcow2" as const };
  const target = (loaded: Recipe) => ({ create, end: endOf(options, loaded) });
  const textOf = (document: PlanDocument): string =>
    markdown === true ? planMarkdown(document) : planText(document, createStyle(io.colour));
  const result = await runOnImage(path, options, target, textOf, io);
  if (output !== undefined && sign !== undefined) await signPlan(output, sign, io.env);
  if (html !== undefined) await writeReport(html, result, output);
  if (json !== true && markdown !== true) {
    if (output !== undefined) io.out(`Saved: ${output}${sign === undefined ? "" : ", signed"}\n`);
    if (html !== undefined) io.out(`Written: ${html}\n`);
  }
  if (options.detailedExitcode === true && !result.converged) io.exit(EXIT.CHANGES_PENDING);
}

async function writeReport(path: string, { plan }: RunResult, output: string | undefined): Promise<void> {
  const saved = output === undefined ? {} : { saved: await readSavedPlan(output) };
  await writePage(path, { plan, gild: packageInfo().version, ...saved });
}

function checkOffline(options: PlanOptions): void {
  for (const [name, option] of Object.entries(GUEST_OPTIONS)) {
    if (options[name as keyof typeof GUEST_OPTIONS] === undefined) continue;
    throw new CommandError(`${option}: not with --offline, which looks at no image`);
  }
}

function endOf({ output, force }: PlanOptions, { files }: Recipe): RunOptions["end"] {
  if (output === undefined) return { kind: "discard" };
  return { kind: "save", path: output, overwrite: force === true, gild: packageInfo().version, inputs: files };
}
