/** What plan and apply share: options of the image and the appliance, the run itself with its progress, and its printing. */
import type { Command } from "commander";

import {
  readKeptRun,
  removeKeptRun,
  runRecipe,
  type KeptRun,
  type RunEvent,
  type RunOptions,
  type RunResult,
} from "../../engine/index.ts";
import type { PlanDocument, Recipe } from "../../schemas/index.ts";
import { CommandError, type Io } from "../io.ts";
import { createProgress, type Progress } from "../progress.ts";
import { keptText } from "../render/kept.ts";
import { launchSettings } from "../launch-settings.ts";
import { recoveryReporter } from "./open-images.ts";
import { addVarOptions, collect, requireRecipe, type VarOptions } from "./recipe-arguments.ts";

export interface ImageOptions extends VarOptions {
  readonly add?: readonly string[];
  readonly format?: string;
  readonly root?: string;
  readonly full?: boolean;
  readonly wipe?: boolean;
  readonly network?: boolean;
  readonly keepOnFailure?: boolean;
  readonly overlay?: string;
  readonly fromStep?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addImageOptions(command: Command): Command {
  return addVarOptions(command)
    .option("-a, --add <image>", "disk image to work on (repeatable, in order /dev/sda, /dev/sdb, ...)", collect)
    .option("--format <format>", "format of the images (raw, qcow2, vmdk, vdi, vhdx); default: looked at once")
    .option("--root <device>", "root filesystem, where the image has several operating systems")
    .option("--full", "compare the content of every file, not only of those that may have changed")
    .option("--wipe", "lay out a disk anew although it is not blank: everything on it is lost")
    .option("--network", "give the guest's programs a network")
    .option("--keep-on-failure", "keep what was changed until a step failed, for `gild shell --overlay` and --overlay")
    .option("--overlay <kept>", "go on from what --keep-on-failure kept, in place of -a")
    .option("--from-step <number>", "with --overlay: leave out the steps before this one")
    .option("--json", "print the result as JSON")
    .option("-q, --quiet", "no progress");
}

/** The images of `-a`, or of what `--overlay` names. */
function givenImages({ add = [], format }: ImageOptions, kept: KeptRun | undefined): RunOptions["images"] {
  return kept?.images ?? add.map((path) => (format === undefined ? { path } : { path, format }));
}

/** Where the changes go. */
export type RunTarget = Pick<RunOptions, "create" | "end">;

/** Loads the recipe, runs it and prints the result: as JSON, or what `textOf` makes of it. */
export async function runOnImage(
  recipePath: string,
  options: ImageOptions,
  targetOf: (recipe: Recipe, images: RunOptions["images"]) => RunTarget,
  textOf: (plan: PlanDocument) => string,
  io: Io,
): Promise<RunResult> {
  const json = options.json === true;
  const recipe = await requireRecipe(recipePath, options, io, json);
  const kept = await keptRun(options);
  const images = givenImages(options, kept);
  const target = { images, ...targetOf(recipe, images) };
  const progress = createProgress(io, options.quiet === true, () => performance.now());
  let notice = "";
  try {
    const result = await runRecipe({
      recipe,
      ...target,
      ...(kept === undefined ? {} : { unseenBefore: kept.unseen }),
      ...(options.fromStep === undefined ? {} : { fromStep: stepNumber(options.fromStep) }),
      keepOnFailure: options.keepOnFailure === true,
      ...(options.root === undefined ? {} : { root: options.root }),
      full: options.full === true,
      wipe: options.wipe === true,
      launch: launchSettings(io, { network: options.network === true }, options.quiet === true),
      signal: io.signal,
      progress: (event) => {
        if (event.kind === "recovered") recoveryReporter(io)(event.recovery);
        else if (event.kind === "kept") notice = keptText(event, recipePath);
        else showEvent(progress, event);
      },
    });
    progress.end();
    // What is in the image now is not needed beside it.
    if (kept !== undefined && target.end.kind === "commit") await removeKeptRun(options.overlay ?? "", kept);
    for (const warning of result.warnings) io.err(`warning: ${warning}\n`);
    const { converged, written, plan } = result;
    if (json) io.out(`${JSON.stringify({ converged, written, plan })}\n`);
    else io.out(textOf(plan));
    return result;
  } finally {
    progress.end();
    io.err(notice);
  }
}

/** @throws CommandError, RunError kept-damaged, overlay-damaged, image-changed */
async function keptRun({ overlay, add, format, fromStep }: ImageOptions): Promise<KeptRun | undefined> {
  if (overlay !== undefined) {
    if (add !== undefined || format !== undefined) throw new CommandError("--overlay: without -a and --format");
    return await readKeptRun(overlay);
  }
  if (fromStep !== undefined) throw new CommandError("--from-step: only with --overlay");
  return undefined;
}

function stepNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/u.test(text)) throw new CommandError(`--from-step ${text}: want the number of a step`);
  return Number(text);
}

const PHASES: Readonly<Record<string, string>> = {
  open: "opening the image",
  launch: "starting the appliance",
  inspect: "looking for the operating system",
  compare: "comparing",
  "read-before": "reading changed files as they were",
  commit: "writing the image",
};

function showEvent(progress: Progress, event: RunEvent): void {
  if (event.kind === "step") progress.start(`step ${event.index} of ${event.count}: ${event.summary}`);
  else if (event.kind === "bytes") progress.bytes(event.position, event.total);
  else if (event.kind === "notice") progress.start(`${event.step}: ${event.notice.reason}`);
  else if (event.kind === "warning") progress.start(`warning: ${event.text}`);
  else if (event.kind === "phase") {
    const text = PHASES[event.phase];
    if (text !== undefined) progress.start(text);
  }
}
