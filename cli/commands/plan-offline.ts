/** `gild plan --offline`: the actions of a recipe in their order, without an image and without an appliance. */
import { planOffline } from "../../engine/index.ts";
import { RecipeError } from "../../recipes/index.ts";
import type { Io } from "../io.ts";
import { offlineText } from "../render/offline.ts";
import { createStyle } from "../render/style.ts";
import { requireRecipe, type VarOptions } from "./recipe-arguments.ts";

/** @throws CommandError INVALID_RECIPE */
export async function printOfflinePlan(
  path: string,
  options: VarOptions & { readonly json?: boolean },
  io: Io,
): Promise<void> {
  const json = options.json === true;
  const recipe = await requireRecipe(path, options, io, json);
  const plan = planOffline(recipe, (error) =>
    error instanceof RecipeError && error.code === "guest-needed" ? error.message : undefined,
  );
  io.out(json ? `${JSON.stringify(plan)}\n` : offlineText(plan, createStyle(io.colour)));
}
