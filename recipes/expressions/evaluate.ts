/**
 * Expressions to values. What depends on the guest is Unknown until a guest is there; `&&` and `||` decide without it
 * where they can. Types never convert silently.
 */
import { Secret, reveal, type GuestFacts } from "../../schemas/index.ts";
import { didYouMean, listWords } from "../suggest.ts";
import { ExpressionProblem, type Binary, type Expression, type Span } from "./parse.ts";

export type Value = null | string | number | boolean | Secret | readonly Value[] | { readonly [key: string]: Value };

/** Not known before the guest is. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Known<T> = T | typeof UNKNOWN;

/** What names mean. */
export interface Scope {
  readonly vars: ReadonlyMap<string, Known<Value>>;
  readonly guest?: GuestFacts;
  /** Value of the current round of `for-each`. */
  readonly item?: Value;
}

/** Whether a variable has no value because of a mistake: what is unknown then need not depend on the guest. */
export function hasBrokenVars(scope: Scope): boolean {
  return [...scope.vars.values()].includes(UNKNOWN);
}

/** The guest's facts that expressions may use. */
export const guestNames = ["os", "distro", "version", "arch", "packageManager"] as const;

export const functionNames = ["contains", "startsWith", "endsWith"] as const;

/** @throws ExpressionProblem expression-type, expression-unknown */
export function evaluate(expression: Expression, scope: Scope): Known<Value> {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name":
      return lookUp(expression, expression.parts, scope);
    case "not": {
      const value = asBoolean(expression.operand, evaluate(expression.operand, scope));
      return value === UNKNOWN ? UNKNOWN : !value;
    }
    case "binary":
      return evaluateBinary(expression.operator, expression.left, expression.right, scope);
    case "call":
      return evaluateCall(expression, expression.name, expression.args, scope);
  }
}

/** Evaluates where a yes or no is needed. */
export function evaluateBoolean(expression: Expression, scope: Scope): Known<boolean> {
  return asBoolean(expression, evaluate(expression, scope));
}

/** The word for a value's type, for messages. */
export function typeWord(value: Value): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string" || value instanceof Secret) return "text";
  if (typeof value === "number") return "a number";
  return typeof value === "boolean" ? "true or false" : "a mapping";
}

function lookUp(at: Expression, parts: readonly string[], scope: Scope): Known<Value> {
  const [root = "", name, ...deeper] = parts;
  if (root === "item") return lookUpItem(at, parts.slice(1), scope);
  if (root !== "vars" && root !== "guest") {
    const candidates = [...scope.vars.keys()].map((key) => `vars.${key}`);
    const detail = scope.vars.has(root)
      ? `Did you mean "vars.${root}"?`
      : didYouMean(
          root,
          ["vars", "guest", "item", ...candidates],
          "Names start with vars., guest. or item. Text needs quotes.",
        );
    throw new ExpressionProblem("expression-unknown", at, `unknown name ${root}`, detail);
  }
  const known: readonly string[] = root === "vars" ? [...scope.vars.keys()] : guestNames;
  if (name === undefined || deeper.length > 0 || !known.includes(name)) {
    const written = parts.join(".");
    const list = known.length === 0 ? "The recipe declares no vars." : `Known: ${listWords(known)}.`;
    throw new ExpressionProblem(
      "expression-unknown",
      at,
      `unknown name ${written}`,
      didYouMean(name ?? "", known, list),
    );
  }
  if (root === "vars") return scope.vars.get(name) ?? null;
  const fact = guestNames.find((one) => one === name);
  return scope.guest === undefined || fact === undefined ? UNKNOWN : scope.guest[fact];
}

function lookUpItem(at: Expression, path: readonly string[], scope: Scope): Known<Value> {
  if (scope.item === undefined) {
    throw new ExpressionProblem(
      "expression-unknown",
      at,
      "unknown name item",
      "`item` exists beside `for-each:` only.",
    );
  }
  let value: Value = scope.item;
  for (const part of path) {
    const inner: Value | undefined = isMapping(value) && Object.hasOwn(value, part) ? value[part] : undefined;
    if (inner === undefined) {
      throw new ExpressionProblem("expression-unknown", at, `this round's item has no ${part}`);
    }
    value = inner;
  }
  return value;
}

function isMapping(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

function asBoolean(at: Expression, value: Known<Value>): Known<boolean> {
  const type = typeOf(at, value);
  if (typeof value === "boolean" || (value === UNKNOWN && type !== "text")) return value;
  throw new ExpressionProblem(
    "expression-type",
    at,
    `true or false is needed here, this is ${type}`,
    "Compare it: `==`, `!=`.",
  );
}

function evaluateBinary(operator: Binary, left: Expression, right: Expression, scope: Scope): Known<Value> {
  if (operator === "&&" || operator === "||") {
    const decides = operator === "||";
    const a = asBoolean(left, evaluate(left, scope));
    // The right side is evaluated always, so that its mistakes show on every guest.
    const b = asBoolean(right, evaluate(right, scope));
    if (a === decides || b === decides) return decides;
    return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : !decides;
  }
  const a = evaluate(left, scope);
  const b = evaluate(right, scope);
  requireSameType(operator, typeOf(left, a), typeOf(right, b), { start: left.start, end: right.end });
  if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  if (operator === "==" || operator === "!=") return equal(a, b) === (operator === "==");
  return ordered(operator, order(a, b));
}

/** The guest's facts are text; nothing can be said of a variable whose value could not be found. */
function typeOf(expression: Expression, value: Known<Value>): string | undefined {
  if (value !== UNKNOWN) return typeWord(value);
  if (expression.kind === "name") return expression.parts[0] === "guest" ? "text" : undefined;
  return "true or false";
}

function requireSameType(operator: Binary, a: string | undefined, b: string | undefined, span: Span): void {
  if (a === undefined || b === undefined) return;
  if (operator === "==" || operator === "!=") {
    if (a === b) return;
  } else if (a === b && (a === "a number" || a === "text")) return;
  throw new ExpressionProblem(
    "expression-type",
    span,
    a === b ? `${operator} does not compare ${a}` : `${operator} compares ${a} with ${b}`,
    a !== b && [a, b].includes("a number") && [a, b].includes("text")
      ? 'A version is text: guest.version >= "12".'
      : "Both sides must have the same type.",
  );
}

function equal(a: Value, b: Value): boolean {
  if (a instanceof Secret || b instanceof Secret) return plain(a) === plain(b);
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}

function plain(value: Value): Value {
  return value instanceof Secret ? reveal(value) : value;
}

/** Numbers by size; text as versions: runs of digits by size ("9" < "10"), the rest by code unit. */
function order(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const left = versionParts(String(plain(a)));
  const right = versionParts(String(plain(b)));
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const one = left[i] ?? "";
    const other = right[i] ?? "";
    if (one === other) continue;
    if (/^\d+$/.test(one) && /^\d+$/.test(other)) {
      const difference = BigInt(one) - BigInt(other);
      if (difference !== 0n) return difference < 0n ? -1 : 1;
    } else return one < other ? -1 : 1;
  }
  return 0;
}

function versionParts(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function ordered(operator: "<" | "<=" | ">" | ">=", difference: number): boolean {
  switch (operator) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

function evaluateCall(at: Expression, name: string, args: readonly Expression[], scope: Scope): Known<Value> {
  const known = functionNames.find((one) => one === name);
  if (known === undefined) {
    const detail = didYouMean(name, functionNames, `Functions: ${functionNames.join(", ")}.`);
    throw new ExpressionProblem("expression-unknown", at, `unknown function ${name}`, detail);
  }
  const [whole, part, ...more] = args;
  if (whole === undefined || part === undefined || more.length > 0) {
    throw new ExpressionProblem("expression-type", at, `${name} takes two arguments, not ${args.length}`);
  }
  const a = evaluate(whole, scope);
  const b = evaluate(part, scope);
  if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  const [hay, needle] = [plain(a), plain(b)];
  if (known === "contains" && Array.isArray(hay)) return hay.some((one: Value) => equal(one, b));
  if (typeof hay !== "string" || typeof needle !== "string") {
    const wrong = typeof hay === "string" ? part : whole;
    throw new ExpressionProblem(
      "expression-type",
      wrong,
      `${name} needs text here, this is ${typeWord(typeof hay === "string" ? b : a)}`,
    );
  }
  if (known === "contains") return hay.includes(needle);
  return known === "startsWith" ? hay.startsWith(needle) : hay.endsWith(needle);
}
