/**
 * One item of `steps:` taken apart: which step or action it names, its arguments, and the modifiers beside it. Does not
 * look into the arguments (instantiate.ts), reads no files.
 */
import {
  modifierSchemas,
  unsupportedChoices,
  type DiagnosticSource,
  type JsonSchema,
  type OnUnsupported,
} from "../schemas/index.ts";
import type { Body, Catalogue } from "./catalogue.ts";
import { checkAgainst } from "./check-schema.ts";
import { UNKNOWN, evaluateBoolean, type Known, type Scope } from "./expressions/evaluate.ts";
import { parseExpression, type Expression } from "./expressions/parse.ts";
import { reportProblem } from "./expressions/place.ts";
import { hasExpression, parseTemplate } from "./expressions/template.ts";
import type { LoadSession } from "./session.ts";
import { didYouMean } from "./suggest.ts";
import { kindWord, type MapEntry, type ScalarNode, type Tree } from "./tree.ts";

/** A condition of `when:`, with the scope that it sees. */
export interface Condition {
  readonly text: string;
  readonly test: (guest: Scope["guest"]) => Known<boolean>;
}

/** An item, taken apart. `key` names the step; `args` is absent where the name stands alone. */
export interface StepItem {
  readonly name: string;
  readonly key: DiagnosticSource;
  readonly args: Tree | undefined;
  readonly modifiers: ReadonlyMap<string, MapEntry>;
}

/** A step that only waits for its scope. */
export interface PreparedStep {
  readonly item: StepItem;
  readonly body: Body;
  readonly scope: Scope;
  readonly conditions: readonly Condition[];
  readonly onUnsupported: OnUnsupported;
  /** Folder of the file that the item stands in; host paths are relative to it. */
  readonly folder: string;
}

const modifierNames: readonly string[] = Object.keys(modifierSchemas);

/** Takes an item apart; undefined when it names no step, which is reported. */
export function takeApart(node: Tree, catalogue: Catalogue, session: LoadSession): StepItem | undefined {
  const { report } = session;
  if (node.kind === "scalar" && typeof node.value === "string" && !hasExpression(node.value)) {
    return { name: node.value, key: node.place, args: undefined, modifiers: new Map() };
  }
  if (node.kind !== "map") {
    const found = node.kind === "scalar" ? node.raw || "nothing" : kindWord[node.kind];
    report.error("step-missing", node.place, `expected a step, found ${found}`, "Each item is `- STEP: VALUE`.");
    return undefined;
  }
  const modifiers = new Map([...node.entries].filter(([name]) => modifierNames.includes(name)));
  const [first, ...more] = [...node.entries.values()].filter((entry) => !modifiers.has(entry.name));
  checkModifiers(modifiers, session);
  if (first === undefined) {
    report.error("step-missing", node.place, "the item names no step", "Each item has one key that names the step.");
    return undefined;
  }
  for (const extra of more) reportExtra(first, extra, catalogue, session);
  return { name: first.name, key: first.place, args: isNothing(first.value) ? undefined : first.value, modifiers };
}

/** A second key is another step whose dash is missing, a modifier misspelt, or a key of the step at the wrong depth. */
function reportExtra(first: MapEntry, extra: MapEntry, catalogue: Catalogue, session: LoadSession): void {
  if (catalogue.find(extra.name, []) !== undefined || extra.name === "include") {
    const summary = `"${extra.name}" is a second step in one item`;
    session.report.error(
      "step-ambiguous",
      extra.place,
      summary,
      `Start it with a dash of its own: - ${extra.name}: ...`,
    );
    return;
  }
  const own = catalogue.find(first.name, [])?.schema.properties ?? {};
  const detail = Object.hasOwn(own, extra.name)
    ? `It belongs to ${first.name}: indent it below that key.`
    : didYouMean(extra.name, modifierNames, `Beside the step's own key may stand: ${modifierNames.join(", ")}.`);
  session.report.error("unknown-key", extra.place, `unknown key "${extra.name}" beside ${first.name}`, detail);
}

function checkModifiers(modifiers: ReadonlyMap<string, MapEntry>, session: LoadSession): void {
  for (const [name, entry] of modifiers) {
    const schema = Object.entries<JsonSchema>(modifierSchemas).find(([key]) => key === name)?.[1];
    if (schema !== undefined) checkAgainst(schema, entry.value, name, entry.place, session);
  }
}

/** Finds what the item's name stands for; undefined when that is nothing, which is reported. */
export function findBody(item: StepItem, catalogue: Catalogue, session: LoadSession): Body | undefined {
  const { report } = session;
  const keys = item.args?.kind === "map" ? [...item.args.entries.keys()] : [];
  const body = catalogue.find(item.name, keys);
  if (body !== undefined) return body;
  const refusal = catalogue.refusal(item.name);
  if (refusal !== undefined) {
    report.error("action-not-allowed", item.key, `recipes may not use the action ${item.name}: ${refusal}`);
    return undefined;
  }
  const names = [...catalogue.names, "include"];
  const detail = didYouMean(item.name, names, "`gild schema` has the names of all steps and actions.");
  report.error("step-unknown", item.key, `unknown step "${item.name}"`, detail);
  return undefined;
}

export function onUnsupportedOf(item: StepItem, body: Body | undefined, session: LoadSession): OnUnsupported {
  const entry = item.modifiers.get("on-unsupported");
  if (entry === undefined) return "error";
  if (body?.kind === "action") {
    const detail = "It is for steps, which know what a guest can take. An action just runs; guard it with `when:`.";
    session.report.error("unknown-key", entry.place, "on-unsupported cannot stand beside an action", detail);
  }
  const value = entry.value.kind === "scalar" ? entry.value.value : undefined;
  return unsupportedChoices.find((choice) => choice === value) ?? "error";
}

/** Reads `when:`; mistakes that show without a guest are reported. Undefined without `when:`. */
export function conditionOf(item: StepItem, scope: Scope, session: LoadSession): Condition | undefined {
  const node = item.modifiers.get("when")?.value;
  if (node?.kind !== "scalar") return undefined;
  const { value } = node;
  if (typeof value === "boolean") return { text: String(value), test: () => value };
  if (typeof value !== "string") return undefined;
  try {
    const expression = parseCondition(value);
    evaluateBoolean(expression, scope);
    return { text: value.trim(), test: (guest) => evaluateBoolean(expression, guest ? { ...scope, guest } : scope) };
  } catch (error) {
    reportProblem(error, node, session.report);
    return { text: value, test: () => UNKNOWN };
  }
}

/** `when:` is an expression, with `${{ }}` around it or without. */
function parseCondition(text: string): Expression {
  if (!hasExpression(text)) return parseExpression(text).expression;
  const [only, ...others] = parseTemplate(text.trim()).parts;
  if (only !== undefined && typeof only !== "string" && others.length === 0) {
    // Once more, without the trim, for the right offsets.
    const start = text.indexOf("${{");
    return parseExpression(text, start + 3, true).expression;
  }
  return parseExpression(text).expression;
}

function isNothing(node: Tree): node is ScalarNode {
  return node.kind === "scalar" && node.value === null;
}
