/** What plan and apply share: options of the image and the appliance, the run itself with its progress, and its printing. */
import type { Command } from "commander";

import { runRecipe, type RunEvent, type RunOptions, type RunResult } from "../../engine/index.ts";
import type { PlanDocument, Recipe } from "../../schemas/index.ts";
import type { Io } from "../io.ts";
import { createProgress, type Progress } from "../progress.ts";
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
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addImageOptions(command: Command): Command {
  return addVarOptions(command)
    .option("-a, --add <image>", "disk image to work on (repeatable, in order /dev/sda, /dev/sdb, ...)", collect)
    .option("--format <format>", "format of the images (raw or qcow2); default: looked at once")
    .option("--root <device>", "root filesystem, where the image has several operating systems")
    .option("--full", "compare the content of every file, not only of those that may have changed")
    .option("--wipe", "lay out a disk anew although it is not blank: everything on it is lost")
    .option("--network", "give the guest's programs a network")
    .option("--json", "print the result as JSON")
    .option("-q, --quiet", "no progress");
}

/** The images of `-a`. */
export function givenImages({ add = [], format }: ImageOptions): RunOptions["images"] {
  return add.map((path) => (format === undefined ? { path } : { path, format }));
}

/** Loads the recipe, runs it and prints the result: as JSON, or what `textOf` makes of it. */
export async function runOnImage(
  recipePath: string,
  options: ImageOptions,
  targetOf: (recipe: Recipe) => Pick<RunOptions, "images" | "create" | "end">,
  textOf: (plan: PlanDocument) => string,
  io: Io,
): Promise<RunResult> {
  const json = options.json === true;
  const recipe = await requireRecipe(recipePath, options, io, json);
  const progress = createProgress(io, options.quiet === true, () => performance.now());
  try {
    const result = await runRecipe({
      recipe,
      ...targetOf(recipe),
      ...(options.root === undefined ? {} : { root: options.root }),
      full: options.full === true,
      wipe: options.wipe === true,
      launch: launchSettings(io, { network: options.network === true }, options.quiet === true),
      signal: io.signal,
      progress: (event) => {
        if (event.kind === "recovered") recoveryReporter(io)(event.recovery);
        else showEvent(progress, event);
      },
    });
    progress.end();
    for (const warning of result.warnings) io.err(`warning: ${warning}\n`);
    const { converged, written, plan } = result;
    if (json) io.out(`${JSON.stringify({ converged, written, plan })}\n`);
    else io.out(textOf(plan));
    return result;
  } finally {
    progress.end();
  }
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
