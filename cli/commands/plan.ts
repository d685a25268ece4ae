/** `gild plan`: runs a recipe on an overlay, prints what it would change, touches nothing. */
import type { Command } from "commander";

import { EXIT, type Io } from "../io.ts";
import { addImageOptions, givenImages, runOnImage, type ImageOptions } from "./image-arguments.ts";

interface PlanOptions extends ImageOptions {
  readonly detailedExitcode?: boolean;
}

export function addPlan(program: Command, io: Io): void {
  addImageOptions(program.command("plan").argument("<recipe>", "recipe file (YAML)"))
    .description("show what a recipe would change in an image (without -a: in a blank disk); nothing is touched")
    .option("--detailed-exitcode", "exit with 2 when there is something to change")
    .action(async (recipe: string, options: PlanOptions) => {
      const images = givenImages(options);
      const target = { images, create: { format: "qcow2" as const }, end: { kind: "discard" as const } };
      const result = await runOnImage(recipe, options, target, io);
      if (options.detailedExitcode === true && !result.converged) io.exit(EXIT.CHANGES_PENDING);
    });
}
