/** `gild plan`: runs a recipe on an overlay, prints what it would change, touches nothing; with `-o` keeps it to be applied. */
import type { Command } from "commander";

import { packageInfo, signPlan, type RunOptions } from "../../engine/index.ts";
import type { Recipe } from "../../schemas/index.ts";
import { CommandError, EXIT, type Io } from "../io.ts";
import { addImageOptions, givenImages, runOnImage, type ImageOptions } from "./image-arguments.ts";

interface PlanOptions extends ImageOptions {
  readonly detailedExitcode?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly sign?: string;
}

export function addPlan(program: Command, io: Io): void {
  addImageOptions(program.command("plan").argument("<recipe>", "recipe file (YAML)"))
    .description("show what a recipe would change in an image (without -a: in a blank disk); nothing is touched")
    .option("-o, --output <file>", "save the plan and its overlay, for `gild apply <file>`")
    .option("--force", "let -o replace an existing file")
    .option("--sign <key>", "with -o: sign the plan with this SSH key")
    .option("--detailed-exitcode", "exit with 2 when there is something to change")
    .action(async (recipe: string, options: PlanOptions) => {
      const { output, sign, json } = options;
      if (output === undefined && sign !== undefined) throw new CommandError("--sign: only with -o");
      const images = givenImages(options);
      const create = { format: "qcow2" as const };
      const target = (loaded: Recipe) => ({ images, create, end: endOf(options, loaded) });
      const result = await runOnImage(recipe, options, target, io);
      if (output !== undefined && sign !== undefined) await signPlan(output, sign, io.env);
      if (output !== undefined && json !== true) io.out(`Saved: ${output}${sign === undefined ? "" : ", signed"}\n`);
      if (options.detailedExitcode === true && !result.converged) io.exit(EXIT.CHANGES_PENDING);
    });
}

function endOf({ output, force }: PlanOptions, { files }: Recipe): RunOptions["end"] {
  if (output === undefined) return { kind: "discard" };
  return { kind: "save", path: output, overwrite: force === true, gild: packageInfo().version, inputs: files };
}
