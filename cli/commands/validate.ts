/** `gild validate`: every mistake of a recipe at once. Starts nothing. */
import type { Command } from "commander";

import type { Io } from "../io.ts";
import { addVarOptions, requireRecipe, type VarOptions } from "./recipe-arguments.ts";

export function addValidate(program: Command, io: Io): void {
  addVarOptions(program.command("validate").argument("<recipe>", "recipe file (YAML)"))
    .description("check a recipe: every mistake with its line")
    .option("--json", "print the result as JSON")
    .action(async (path: string, options: VarOptions & { readonly json?: boolean }) => {
      const json = options.json === true;
      const recipe = await requireRecipe(path, options, io, json);
      if (json) io.out(`${JSON.stringify({ valid: true, diagnostics: [] })}\n`);
      else io.out(`${path}: valid, ${recipe.steps.length} steps\n`);
    });
}
