/** What a recipe runs when nothing is known of a guest: lowered without one. Starts nothing and looks at no image. */
import {
  OFFLINE_PLAN_FORMAT_VERSION,
  OFFLINE_PLAN_KIND,
  type OfflinePlan,
  type OfflineStep,
  type PlannedAction,
  type RecipeStep,
  type RunRecipe,
} from "../schemas/index.ts";
import { Redactor } from "./diff/redact.ts";
import { noteSecrets, shownArgs } from "./trace.ts";

/**
 * @param guestNeeded why a step cannot be lowered without a guest, where that is what its error says
 * @throws what a step throws for another reason
 */
export function planOffline(recipe: RunRecipe, guestNeeded: (error: unknown) => string | undefined): OfflinePlan {
  const redactor = new Redactor(recipe.secrets);
  const steps = [...(recipe.layout === undefined ? [] : [recipe.layout.make]), ...recipe.steps];
  return {
    kind: OFFLINE_PLAN_KIND,
    formatVersion: OFFLINE_PLAN_FORMAT_VERSION,
    unconditional: true,
    steps: steps.map((step) => lowered(step, redactor, guestNeeded)),
  };
}

function lowered(
  step: RecipeStep,
  redactor: Redactor,
  guestNeeded: (error: unknown) => string | undefined,
): OfflineStep {
  const { number, name, summary, source, traits } = step;
  const head = { number, name, summary, source, ...(traits === undefined ? {} : { traits }) };
  let planned: readonly PlannedAction[];
  try {
    planned = step.lowerOffline();
  } catch (error) {
    const reason = guestNeeded(error);
    if (reason === undefined) throw error;
    return { ...head, actions: [], guestNeeded: reason };
  }
  for (const action of planned) noteSecrets(action, redactor);
  return { ...head, actions: planned.map((action) => ({ action: action.action, args: shownArgs(action, redactor) })) };
}
