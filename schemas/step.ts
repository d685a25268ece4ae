/**
 * defineStep(): one recipe step as data and functions: what it accepts, what it says about itself, how it looks at the
 * guest, and how it becomes actions. Holds no step itself (see recipes/steps/), reads no files, meets no guest.
 */
import { actions, type ActionName, type Actions } from "./actions/index.ts";
import type { ClientArgs } from "./action.ts";
import type { JsonSchema } from "./json.ts";
import type { GuestFacts, PlannedAction, StepContext } from "./plan.ts";
import type { FromSchema } from "./schema-type.ts";
import { Secret, reveal } from "./secret.ts";
import { bytesFromText } from "./text.ts";

/** What a step does, printed by the plan. */
export interface StepTraits {
  /** Looks at files or devices of the guest. */
  readonly reads: boolean;
  readonly writes: boolean;
  /** Executes programs of the guest. */
  readonly runsGuestPrograms: boolean;
  readonly network: boolean;
  /** `guarded`: only when the author gives a guard (`creates:`, `unless:`). */
  readonly idempotent: boolean | "guarded";
}

/** A mistake in a step's arguments that its schema cannot express. */
export interface ArgProblem {
  /** Where: keys and indices from the step's arguments. `[]` is the whole. */
  readonly at: readonly (string | number)[];
  /** Lower case, no final stop. */
  readonly summary: string;
  /** Whole sentences: why, and what to write instead. */
  readonly detail?: string;
}

/** A schema of a step's long form: an object, closed. */
export interface StepSchema extends JsonSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties: false;
}

export interface StepInput<S extends StepSchema, O> {
  /** kebab-case, as in recipes. */
  readonly name: string;
  /** Lower case, no final stop. */
  readonly summary: string;
  /** Whole sentences. */
  readonly description: string;
  readonly traits: StepTraits;
  /** JSON Schema 2020-12 of the long form; every property has a description. See the builders in step-schema.ts. */
  readonly schema: S;
  /** The property that the short form gives: `- hostname: web1` is `- hostname: { name: web1 }` with `short: "name"`. */
  readonly short?: keyof S["properties"] & string;
  /** Mistakes that the schema cannot express. Pure; called with arguments that the schema accepted. */
  readonly check?: (args: FromSchema<S>) => readonly ArgProblem[];
  /** Why this guest cannot take the step (lower case, no final stop); undefined when it can. */
  readonly supports?: (guest: GuestFacts) => string | undefined;
  /** One line for progress and plan. A Secret shows itself as "(secret)". */
  readonly describe: (args: FromSchema<S>) => string;
  /** Reads the guest's state. Changes nothing. */
  readonly observe: (context: StepContext, args: FromSchema<S>) => Promise<O>;
  /** The actions that are missing; none when the step is already true. Pure. `observed` is undefined offline. */
  readonly lower: (args: FromSchema<S>, observed: O | undefined) => readonly PlannedAction[];
}

/** A step with its types erased, as the catalogue holds it. */
export interface StepSpec {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly traits: StepTraits;
  readonly schema: StepSchema;
  readonly short?: string;
  readonly check: (args: unknown) => readonly ArgProblem[];
  readonly supports: (guest: GuestFacts) => string | undefined;
  readonly describe: (args: unknown) => string;
  /** Observes, then lowers. */
  readonly plan: (context: StepContext, args: unknown) => Promise<readonly PlannedAction[]>;
  readonly planOffline: (args: unknown) => readonly PlannedAction[];
  /** The typed parts, for the step's own tests. */
  readonly input: unknown;
}

/** The typed spec of one step. */
export interface TypedStep<S extends StepSchema, O> extends StepSpec {
  readonly input: StepInput<S, O>;
}

/**
 * Makes a step of its description. Arguments reach the functions only after the schema accepted them; host paths
 * (`hostFile()`, `hostFolder()`) are absolute by then, except in `describe`, which sees them as written.
 */
export function defineStep<const S extends StepSchema, O>(input: StepInput<S, O>): TypedStep<S, O> {
  // The caller (recipes/) has validated `args` against `input.schema`, which is what FromSchema<S> describes.
  const typed = (args: unknown): FromSchema<S> => args as FromSchema<S>;
  return {
    name: input.name,
    summary: input.summary,
    description: input.description,
    traits: input.traits,
    schema: input.schema,
    ...(input.short === undefined ? {} : { short: input.short }),
    check: (args) => input.check?.(typed(args)) ?? [],
    supports: (guest) => input.supports?.(guest),
    describe: (args) => input.describe(typed(args)),
    plan: async (context, args) => input.lower(typed(args), await input.observe(context, typed(args))),
    planOffline: (args) => input.lower(typed(args), undefined),
    input,
  };
}

/** The arguments of `call`: the client's, or a Secret in place of any of them. */
type CallArgs<N extends ActionName> = {
  readonly [K in keyof ClientArgs<Actions[N]>]: ClientArgs<Actions[N]>[K] | Secret;
};

/** One planned action, with checked arguments. See {@link plannedAction}. */
export function call<N extends ActionName>(action: N, args: CallArgs<N>): PlannedAction {
  return plannedAction(action, args);
}

/**
 * One planned action of arguments whose types are not known to the compiler. A Secret argument is revealed and named in
 * `secretArgs`; for bytes and files it becomes its UTF-8 bytes. Arguments that are undefined are left out.
 */
export function plannedAction(action: ActionName, args: Readonly<Record<string, unknown>>): PlannedAction {
  const plain: Record<string, unknown> = {};
  const secretArgs: string[] = [];
  for (const [name, value] of Object.entries<unknown>(args)) {
    if (value instanceof Secret) {
      secretArgs.push(name);
      plain[name] = takesBytes(action, name) ? bytesFromText(reveal(value)) : reveal(value);
    } else if (value !== undefined) {
      plain[name] = value;
    }
  }
  return secretArgs.length === 0 ? { action, args: plain } : { action, args: plain, secretArgs };
}

function takesBytes(action: ActionName, argument: string): boolean {
  const fields: Readonly<Record<string, { readonly kind: string }>> = actions[action].args;
  const kind = fields[argument]?.kind;
  return kind === "buffer" || kind === "filein";
}
