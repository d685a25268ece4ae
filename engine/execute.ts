/**
 * Runs the steps of a recipe on a mounted guest: each step looks at the guest, lowers to the actions that are missing, and
 * those are executed one after the other. The first failure ends the run. Keeps the trace; compares nothing.
 */
import type {
  ActionName,
  ActionTrace,
  CallOptions,
  GuestFacts,
  Guestfs,
  PlannedAction,
  RecipeStep,
  RunRecipe,
  StepNotice,
  StepTrace,
} from "../schemas/index.ts";
import type { Redactor } from "./diff/redact.ts";
import { Effects, reachOf } from "./effects.ts";
import { RunError } from "./run-error.ts";
import type { OnRunEvent } from "./run-event.ts";
import { StepError } from "./step-error.ts";
import { noteSecrets, shownArgs } from "./trace.ts";

/** Told around actions, so that the state before the first change can be kept. */
export interface ExecuteHooks {
  /** Before an action that may change the disks. */
  readonly beforeWrite?: (step: RecipeStep, planned: PlannedAction) => Promise<void>;
  /** After an action that mounts or unmounts. */
  readonly afterConfig?: (step: RecipeStep, planned: PlannedAction) => Promise<void>;
  readonly afterStep?: (step: RecipeStep) => Promise<void>;
}

export interface ExecuteOptions {
  readonly g: Guestfs;
  readonly recipe: RunRecipe;
  /** Facts of the guest before the first step. */
  readonly facts: GuestFacts;
  /** Facts now, after a step has changed something; `filesOnly`: nothing but files. */
  readonly readFacts: (filesOnly: boolean) => Promise<GuestFacts>;
  readonly redactor: Redactor;
  readonly hooks?: ExecuteHooks;
  readonly onEvent?: OnRunEvent;
  readonly signal?: AbortSignal;
  /** Steps with a lower number are left out, but for the disk layout, which mounts the guest. Default: none. */
  readonly fromStep?: number | undefined;
  /** Told of everything that is executed, also when a step fails. Default: new ones. */
  readonly effects?: Effects;
  /** Given to the steps: the disk layout may replace another one. */
  readonly wipe?: boolean;
  /** Monotonic clock, ms. */
  readonly now: () => number;
}

export interface Execution {
  readonly steps: readonly StepTrace[];
  readonly effects: Effects;
}

/** @throws StepError for the first step that fails; the signal's reason when aborted */
export async function executeSteps(options: ExecuteOptions): Promise<Execution> {
  const { recipe, fromStep = 0, effects = new Effects() } = options;
  const rest = recipe.steps.filter(({ number }) => number >= fromStep);
  const steps = [...(recipe.layout === undefined ? [] : [recipe.layout.make]), ...rest];
  const traces: StepTrace[] = [];
  let guest = options.facts;
  for (const [at, step] of steps.entries()) {
    options.signal?.throwIfAborted();
    const { number, name, summary } = step;
    options.onEvent?.({ kind: "step", number, index: at + 1, count: steps.length, name, summary });
    const { beyondFiles } = effects;
    const trace = await executeStep(options, step, guest, effects);
    options.onEvent?.({ kind: "step-done", number, actions: trace.actions.length, durationMs: trace.durationMs });
    traces.push(trace);
    await options.hooks?.afterStep?.(step);
    if (trace.actions.length > 0 && at + 1 < steps.length) {
      guest = await options.readFacts(effects.beyondFiles === beyondFiles);
    }
  }
  return { steps: traces, effects };
}

async function executeStep(
  options: ExecuteOptions,
  step: RecipeStep,
  guest: GuestFacts,
  effects: Effects,
): Promise<StepTrace> {
  const begin = options.now();
  const notices: StepNotice[] = [];
  const notice = (told: StepNotice): void => {
    notices.push(told);
    options.onEvent?.({ kind: "notice", number: step.number, step: step.name, notice: told });
  };
  const planned = await guarded(options, step, undefined, () =>
    step.lower({ g: options.g, guest, recipeFolder: options.recipe.folder, notice, wipe: options.wipe ?? false }),
  );
  const actions: ActionTrace[] = [];
  for (const action of planned) actions.push(await executeAction(options, step, action, effects));
  const { number, name, summary, source, traits } = step;
  return {
    number,
    name,
    summary,
    source,
    ...(traits === undefined ? {} : { traits }),
    ...(notices.length === 0 ? {} : { notices }),
    durationMs: options.now() - begin,
    actions,
  };
}

async function executeAction(
  options: ExecuteOptions,
  step: RecipeStep,
  planned: PlannedAction,
  effects: Effects,
): Promise<ActionTrace> {
  const { action, args } = planned;
  options.signal?.throwIfAborted();
  options.onEvent?.({ kind: "action", number: step.number, action });
  noteSecrets(planned, options.redactor);
  const reach = reachOf(action, args);
  let begin = options.now();
  await guarded(options, step, action, async () => {
    if (reach !== "read" && reach !== "config") await options.hooks?.beforeWrite?.(step, planned);
    begin = options.now();
    effects.add(planned);
    if (planned.done === true) return;
    await methodOf(options.g, action)(args, callOptions(options.signal));
    if (reach === "config") await options.hooks?.afterConfig?.(step, planned);
  });
  return { action, args: shownArgs(planned, options.redactor), durationMs: options.now() - begin };
}

type Method = (args: Readonly<Record<string, unknown>>, options?: CallOptions) => Promise<unknown>;

function methodOf(g: Guestfs, action: ActionName): Method {
  // A PlannedAction's arguments were made by call() or by the recipe's own schema of this very action.
  return g[action] as Method;
}

function callOptions(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}

async function guarded<T>(
  options: ExecuteOptions,
  step: RecipeStep,
  action: ActionName | undefined,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { signal } = options;
    if (signal?.aborted !== true) throw new StepError(step, error, action);
    // A reason that lies in this step (no space for what it writes) keeps its place; an interruption has none.
    throw signal.reason instanceof RunError ? new StepError(step, signal.reason, action) : signal.reason;
  }
}
