/** `gild schema`: the JSON Schema of recipes, plans or diffs, for editors and other programs. */
import type { Command } from "commander";

import { recipeSchema } from "../../recipes/index.ts";
import { diffSchema, offlinePlanSchema, planSchema, savedPlanSchema, type JsonSchema } from "../../schemas/index.ts";
import { CommandError, type Io } from "../io.ts";

const schemas: Readonly<Record<string, () => JsonSchema>> = {
  recipe: recipeSchema,
  plan: () => planSchema,
  diff: () => diffSchema,
  "offline-plan": () => offlinePlanSchema,
  "saved-plan": () => savedPlanSchema,
};

export function addSchema(program: Command, io: Io): void {
  program
    .command("schema")
    .argument("[document]", "recipe, plan, diff, offline-plan or saved-plan", "recipe")
    .description("print the JSON Schema (2020-12) of a document")
    .action((name: string) => {
      const make = schemas[name];
      if (make === undefined) throw new CommandError(`schema: ${name}: want one of ${Object.keys(schemas).join(", ")}`);
      io.out(`${JSON.stringify(make(), null, 2)}\n`);
    });
}
