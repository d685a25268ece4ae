/**
 * `gild apply`: runs a recipe and writes the result, over the image or with `-o` to a new file; or writes what a saved plan
 * holds, without running anything.
 */
import type { Command } from "commander";

import { applySavedPlan, isSavedPlan, packageInfo, type RunOptions } from "../../engine/index.ts";
import type { PlanDocument, Recipe } from "../../schemas/index.ts";
import { CommandError, type Io } from "../io.ts";
import { planText } from "../render/plan.ts";
import { createStyle, printable } from "../render/style.ts";
import { diffSummary } from "../render/words.ts";
import { addImageOptions, runOnImage, type ImageOptions, type RunTarget } from "./image-arguments.ts";
import { recoveryReporter } from "./open-images.ts";
import { collect } from "./recipe-arguments.ts";

interface ApplyOptions extends ImageOptions {
  readonly output?: readonly string[];
  readonly outputFormat?: string;
  readonly force?: boolean;
  readonly signers?: string;
}

/** Options that say how a recipe is run: a saved plan has been. */
const RUN_OPTIONS = [
  ...(["var", "varsFile", "format", "root", "full", "wipe", "network"] as const),
  ...(["keepOnFailure", "overlay", "fromStep"] as const),
];

export function addApply(program: Command, io: Io): void {
  addImageOptions(program.command("apply").argument("<recipe-or-plan>", "recipe file (YAML), or a saved plan"))
    .description("make an image what a recipe says: in place, or with -o as a new file; without -a on a blank disk")
    .option("-o, --output <file>", "write a new image instead of changing the one of -a (one for each disk)", collect)
    .option("--output-format <format>", "raw or qcow2; default: that of the image, else qcow2")
    .option("--force", "let -o replace an existing file")
    .option("--signers <file>", "apply a plan only if one of these has signed it (ssh-keygen, ALLOWED SIGNERS)")
    .action(async (path: string, options: ApplyOptions) => {
      if (await isSavedPlan(path)) {
        await applyPlan(path, options, io);
        return;
      }
      if (options.signers !== undefined) throw new CommandError("--signers: only with a saved plan");
      const textOf = (plan: PlanDocument): string => planText(plan, createStyle(io.colour));
      const targetOf = (_recipe: Recipe, images: RunOptions["images"]): RunTarget => target(options, images);
      const result = await runOnImage(path, options, targetOf, textOf, io);
      if (options.json === true) return;
      for (const written of result.written) io.out(`Written: ${written}\n`);
    });
}

async function applyPlan(path: string, options: ApplyOptions, io: Io): Promise<void> {
  const unfit = RUN_OPTIONS.find((name) => options[name] !== undefined);
  if (unfit !== undefined)
    throw new CommandError(`${path}: a saved plan is applied as it is, without ${optionName(unfit)}`);
  const { plan, converged, written, signer, notes } = await applySavedPlan({
    path,
    gild: packageInfo().version,
    images: options.add ?? [],
    end: planEnd(options),
    signers: options.signers,
    env: io.env,
    signal: io.signal,
    onRecovered: recoveryReporter(io),
  });
  for (const note of notes) io.err(`note: ${printable(note)}\n`);
  if (options.json === true) {
    io.out(`${JSON.stringify({ converged, written, signer: signer ?? null, plan: plan.plan })}\n`);
    return;
  }
  if (signer !== undefined) io.out(`Signed by ${printable(signer)}.\n`);
  io.out(`${diffSummary(plan.plan.diff)}\n`);
  for (const file of written) io.out(`Written: ${file}\n`);
}

const optionName = (name: string): string => `--${name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;

function planEnd(options: ApplyOptions): Extract<RunOptions["end"], { readonly kind: "commit" | "output" }> {
  if (options.output !== undefined) return outputEnd(options, options.output);
  if (options.outputFormat !== undefined) throw new CommandError("--output-format: only with -o");
  return { kind: "commit" };
}

function target(options: ApplyOptions, images: RunOptions["images"]): RunTarget {
  if (options.output === undefined && images.length === 0) {
    throw new CommandError("apply: give the image with -a, or a new file with -o");
  }
  const end = planEnd(options);
  if (images.length > 0 || end.kind !== "output") return { end };
  return { create: { format: end.format ?? "qcow2" }, end };
}

function outputEnd(
  { force, outputFormat: format }: ApplyOptions,
  paths: readonly string[],
): Extract<RunOptions["end"], { readonly kind: "output" }> {
  const end = { kind: "output" as const, paths, overwrite: force === true };
  if (format === undefined) return end;
  if (format === "raw" || format === "qcow2") return { ...end, format };
  throw new CommandError(`--output-format ${format}: want raw or qcow2`);
}
