/** `gild apply`: runs a recipe and writes the result: over the image, or with `-o` to a new file. */
import type { Command } from "commander";

import type { RunOptions } from "../../engine/index.ts";
import { CommandError, type Io } from "../io.ts";
import { addImageOptions, oneImage, runOnImage, type ImageOptions } from "./image-arguments.ts";

interface ApplyOptions extends ImageOptions {
  readonly output?: string;
  readonly outputFormat?: string;
  readonly force?: boolean;
}

export function addApply(program: Command, io: Io): void {
  addImageOptions(program.command("apply").argument("<recipe>", "recipe file (YAML)"))
    .description("make an image what a recipe says: in place, or with -o as a new file; without -a on a blank disk")
    .option("-o, --output <file>", "write a new image instead of changing the one of -a")
    .option("--output-format <format>", "raw or qcow2; default: that of the image, else qcow2")
    .option("--force", "let -o replace an existing file")
    .action(async (recipe: string, options: ApplyOptions) => {
      const result = await runOnImage(recipe, options, target(options), io);
      if (options.json === true || result.written === undefined) return;
      io.out(`Written: ${result.written}\n`);
    });
}

function target(options: ApplyOptions): Pick<RunOptions, "image" | "create" | "end"> {
  const image = oneImage(options);
  const format = outputFormat(options);
  if (options.output === undefined) {
    if (image === undefined) throw new CommandError("apply: give the image with -a, or a new file with -o");
    if (format !== undefined) throw new CommandError("--output-format: only with -o");
    return { image, end: { kind: "commit" } };
  }
  const end = {
    kind: "output" as const,
    path: options.output,
    overwrite: options.force === true,
    ...(format === undefined ? {} : { format }),
  };
  return image === undefined ? { create: { format: format ?? "qcow2" }, end } : { image, end };
}

function outputFormat({ outputFormat: format }: ApplyOptions): "raw" | "qcow2" | undefined {
  if (format === undefined || format === "raw" || format === "qcow2") return format;
  throw new CommandError(`--output-format ${format}: want raw or qcow2`);
}
