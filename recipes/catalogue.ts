/** The catalogue: every name that a step item may use, and what it stands for. */
import {
  actionSchema,
  actions,
  recipeActions,
  whyNotInRecipes,
  type ActionName,
  type StepSchema,
  type StepSpec,
} from "../schemas/index.ts";
import * as stepModules from "./steps/index.ts";

/** What a step item stands for. */
export type Body =
  | { readonly kind: "step"; readonly spec: StepSpec; readonly schema: StepSchema }
  | { readonly kind: "action"; readonly action: ActionName; readonly schema: StepSchema };

/** Every step, sorted by name. */
export function allSteps(): readonly StepSpec[] {
  const steps: readonly StepSpec[] = Object.values(stepModules);
  return steps.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export class Catalogue {
  readonly #steps: ReadonlyMap<string, StepSpec>;
  readonly #actionBodies = new Map<ActionName, Body>();

  constructor(steps: readonly StepSpec[] = allSteps()) {
    this.#steps = new Map(steps.map((step) => [step.name, step]));
  }

  /** Names that may be used, steps and actions. */
  get names(): readonly string[] {
    return [...this.#steps.keys(), ...recipeActions()];
  }

  /**
   * @param keys the keys of the item's mapping; they decide where a step has the name of an action: the step, unless
   *   only the action knows them all
   */
  find(name: string, keys: readonly string[]): Body | undefined {
    const spec = this.#steps.get(name);
    const action = isAction(name) && whyNotInRecipes(name) === undefined ? name : undefined;
    const knows = (schema: StepSchema): boolean => keys.every((key) => Object.hasOwn(schema.properties, key));
    if (spec !== undefined && (action === undefined || knows(spec.schema) || !knows(actionSchema(action)))) {
      return { kind: "step", spec, schema: spec.schema };
    }
    return action === undefined ? undefined : this.#actionBody(action);
  }

  /** Why a name that exists is refused; undefined for names that do not exist. */
  refusal(name: string): string | undefined {
    return isAction(name) ? whyNotInRecipes(name) : undefined;
  }

  /** The same object each time: validators are kept by schema. */
  #actionBody(action: ActionName): Body {
    const known = this.#actionBodies.get(action);
    if (known !== undefined) return known;
    const body: Body = { kind: "action", action, schema: actionSchema(action) };
    this.#actionBodies.set(action, body);
    return body;
  }
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(actions, name);
}
