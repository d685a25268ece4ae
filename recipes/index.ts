/** Public face of recipes/: the only file that other folders import. */
import { composeRecipeSchema, type JsonSchema } from "../schemas/index.ts";
import { allSteps } from "./catalogue.ts";
import { disksSchema } from "./disks/index.ts";

export type { Diagnostic, Recipe } from "../schemas/index.ts";
export { allSteps, Catalogue } from "./catalogue.ts";
export { renderDiagnostic, renderDiagnostics } from "./excerpt.ts";
export { loadRecipe, type LoadOptions, type LoadResult } from "./load.ts";
export { RecipeError, type RecipeErrorCode } from "./recipe-error.ts";
export { didYouMean, nearest } from "./suggest.ts";

/** JSON Schema of a whole recipe: envelope, steps and actions. */
export function recipeSchema(): JsonSchema {
  return composeRecipeSchema(allSteps(), disksSchema);
}
