/** `gild apply`: runs a recipe and writes the result: over the image, or with `-o` to a new file. */
import type { Command } from "commander";

import type { RunOptions } from "../../engine/index.ts";
import { CommandError, type Io } from "../io.ts";
import { addImageOptions, givenImages, runOnImage, type ImageOptions } from "./image-arguments.ts";
import { collect } from "./recipe-arguments.ts";

interface ApplyOptions extends ImageOptions {
  readonly output?: readonly string[];
  readonly outputFormat?: string;
  readonly force?: boolean;
}

export function addApply(program: Command, io: Io): void {
  addImageOptions(program.command("apply").argument("<recipe>", "recipe file (YAML)"))
    .description("make an image what a recipe says: in place, or with -o as a new file; without -a on a blank disk")
    .option("-o, --output <file>", "write a new image instead of changing the one of -a (one for each disk)", collect)
    .option("--output-format <format>", "raw or qcow2; default: that of the image, else qcow2")
    .option("--force", "let -o replace an existing file")
    .action(async (recipe: string, options: ApplyOptions) => {
      const result = await runOnImage(recipe, options, target(options), io);
      if (options.json === true) return;
      for (const path of result.written) io.out(`Written: ${path}\n`);
    });
}

function target(options: ApplyOptions): Pick<RunOptions, "images" | "create" | "end"> {
  const images = givenImages(options);
  const format = outputFormat(options);
  if (options.output === undefined) {
    if (images.length === 0) throw new CommandError("apply: give the image with -a, or a new file with -o");
    if (format !== undefined) throw new CommandError("--output-format: only with -o");
    return { images, end: { kind: "commit" } };
  }
  const end = {
    kind: "output" as const,
    paths: options.output,
    overwrite: options.force === true,
    ...(format === undefined ? {} : { format }),
  };
  return images.length === 0 ? { images, create: { format: format ?? "qcow2" }, end } : { images, end };
}

function outputFormat({ outputFormat: format }: ApplyOptions): "raw" | "qcow2" | undefined {
  if (format === undefined || format === "raw" || format === "qcow2") return format;
  throw new CommandError(`--output-format ${format}: want raw or qcow2`);
}
