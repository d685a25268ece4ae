/**
 * Prepared steps to RecipeSteps: what the engine calls, one after the other, when the guest is there. Conditions, guest
 * support and secrecy are handled here, around the step's own observe and lower.
 */
import {
  actions,
  isStream,
  plannedAction,
  Secret,
  type AnyAction,
  type Json,
  type PlannedAction,
  type RecipeStep,
  type SourceRange,
  type StepContext,
} from "../schemas/index.ts";
import type { Body } from "./catalogue.ts";
import { UNKNOWN, type Value } from "./expressions/evaluate.ts";
import { fill, parseTemplate } from "./expressions/template.ts";
import { reportProblem } from "./expressions/place.ts";
import { asObject, instantiate, type Instance } from "./instantiate.ts";
import { RecipeError } from "./recipe-error.ts";
import { isList } from "./resolve.ts";
import { LoadSession } from "./session.ts";
import type { PreparedStep } from "./step-item.ts";

/** Makes the step that the engine runs; undefined when there are mistakes, which are reported. */
export function makeStep(step: PreparedStep, number: number, session: LoadSession): RecipeStep | undefined {
  const { item, body } = step;
  const label = labelOf(step, session);
  const instance = instantiate(step, step.scope, session);
  if (body.kind === "action" && actions[body.action].effect === "read") {
    const detail = "Recipes do not see results. It fails the run if the action fails, and does nothing else.";
    session.report.warning("action-reads", item.key, `${item.name} changes nothing`, detail);
  }
  if (instance === undefined) return undefined;
  const { file, line, column } = item.key;
  const source = { file, line, column };
  return {
    number,
    name: item.name,
    summary: label ?? summarise(step, instance),
    source,
    ...(body.kind === "step" ? { traits: body.spec.traits } : {}),
    lower: (context) => lowerStep(step, instance, source, session, context),
    lowerOffline: () => lowerOffline(step, instance, source, session),
  };
}

async function lowerStep(
  step: PreparedStep,
  early: Instance,
  source: SourceRange,
  session: LoadSession,
  context: StepContext,
): Promise<readonly PlannedAction[]> {
  const { body, item } = step;
  const failing = step.conditions.find((condition) => condition.test(context.guest) !== true);
  if (failing !== undefined) {
    context.notice?.({ kind: "skipped", reason: `when: ${failing.text} is false` });
    return [];
  }
  const reason = body.kind === "step" ? body.spec.supports(context.guest) : undefined;
  if (reason !== undefined) {
    if (step.onUnsupported === "error") {
      throw new RecipeError("unsupported", `${item.name}: this guest cannot take the step: ${reason}`, source);
    }
    context.notice?.({ kind: step.onUnsupported === "warn" ? "warning" : "skipped", reason });
    return [];
  }
  const { args } = early.deferred ? late(step, source, session, context) : early;
  const planned =
    body.kind === "step"
      ? await body.spec.plan({ ...context, recipeFolder: step.folder }, args)
      : [actionOf(body, args)];
  return planned.map((action) => markSecrets(action, session.secrets));
}

/** Instantiates once more, with the guest; the mistakes that only show now are thrown. */
function late(step: PreparedStep, source: SourceRange, session: LoadSession, context: StepContext): Instance {
  const again = new LoadSession(session.validator);
  const instance = instantiate(step, { ...step.scope, guest: context.guest }, again);
  if (instance !== undefined) return instance;
  const diagnostics = again.report.sorted();
  const [first] = diagnostics;
  throw new RecipeError("invalid", `${step.item.name}: ${first?.summary ?? "invalid"}`, source, diagnostics);
}

function lowerOffline(
  step: PreparedStep,
  instance: Instance,
  source: SourceRange,
  session: LoadSession,
): readonly PlannedAction[] {
  if (step.conditions.some((condition) => condition.test(undefined) === false)) return [];
  if (instance.deferred) {
    throw new RecipeError("guest-needed", `${step.item.name}: its arguments depend on the guest`, source);
  }
  const { body } = step;
  const planned = body.kind === "step" ? body.spec.planOffline(instance.args) : [actionOf(body, instance.args)];
  return planned.map((action) => markSecrets(action, session.secrets));
}

function actionOf(body: Body & { readonly kind: "action" }, args: Value): PlannedAction {
  const spec: AnyAction = actions[body.action];
  const converted = Object.entries(asObject(args)).map(([name, value]) => {
    const field = spec.args[name] ?? spec.optargs[name];
    if (field === undefined || isStream(field) || value instanceof Secret) return [name, value] as const;
    // No Secret is inside: only leaves of kind key and buffer take one.
    return [name, field.fromRecipe(value as Json)] as const;
  });
  return plannedAction(body.action, Object.fromEntries<unknown>(converted));
}

/** The second net: whatever a step did with a secret, an argument that contains it is never shown. */
function markSecrets(action: PlannedAction, secrets: ReadonlySet<string>): PlannedAction {
  const found = Object.entries(action.args)
    .filter(([, value]) => [...secrets].some((secret) => contains(value, secret)))
    .map(([name]) => name);
  const secretArgs = [...new Set([...(action.secretArgs ?? []), ...found])];
  return secretArgs.length === 0 ? action : { ...action, secretArgs };
}

/** Very short secrets count only where they are all of the text: they would be found everywhere. */
const SHORT_SECRET = 4;

function contains(value: unknown, secret: string): boolean {
  if (typeof value === "string") return secret.length < SHORT_SECRET ? value === secret : value.includes(secret);
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return bytes.includes(secret) && (secret.length >= SHORT_SECRET || bytes.length === Buffer.byteLength(secret));
  }
  return Array.isArray(value) && value.some((one) => contains(one, secret));
}

/** The author's own words for the step: `name:`. */
function labelOf(step: PreparedStep, session: LoadSession): string | undefined {
  const node = step.item.modifiers.get("name")?.value;
  if (node?.kind !== "scalar" || typeof node.value !== "string") return undefined;
  try {
    const filled = fill(parseTemplate(node.value), step.scope);
    return filled === UNKNOWN ? node.value : String(filled);
  } catch (error) {
    reportProblem(error, node, session.report);
    return undefined;
  }
}

const MAX_SUMMARY = 100;

function summarise({ item, body }: PreparedStep, instance: Instance): string {
  if (body.kind === "step" && !instance.deferred) return body.spec.describe(instance.shown);
  const args = item.args?.kind === "scalar" ? item.args.raw : brief(instance.shown);
  const line = `${item.name} ${args}`.trim();
  return line.length > MAX_SUMMARY ? `${line.slice(0, MAX_SUMMARY - 3)}...` : line;
}

/** `path=/srv mode=0755`, secrets hidden by themselves. */
function brief(value: Value): string {
  return Object.entries(asObject(value))
    .map(([name, one]) => `${name}=${isList(one) ? `[${one.map(word).join(" ")}]` : word(one)}`)
    .join(" ");
}

function word(value: Value): string {
  const text = typeof value === "object" && !(value instanceof Secret) ? JSON.stringify(value) : String(value);
  return text.replaceAll(/\s+/g, " ");
}
