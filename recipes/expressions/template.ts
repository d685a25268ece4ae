/**
 * Scalars with `${{ }}` in them: finds the expressions, and puts the values in. A scalar that is one expression and
 * nothing else keeps the value's type; otherwise the values become text.
 */
import { Secret, joinText, type Text } from "../../schemas/index.ts";
import { UNKNOWN, evaluate, typeWord, type Known, type Scope, type Value } from "./evaluate.ts";
import { ExpressionProblem, parseExpression, type Expression } from "./parse.ts";

const OPEN = "${{";

/** Text, or an expression; `start` is where its `${{` stands, spans inside count from the start of the scalar. */
type Part = string | { readonly expression: Expression; readonly start: number };

export interface Template {
  readonly parts: readonly Part[];
}

export function hasExpression(text: string): boolean {
  return text.includes(OPEN);
}

/** @throws ExpressionProblem expression-syntax */
export function parseTemplate(text: string): Template {
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf(OPEN, from);
    if (start < 0) break;
    if (start > from) parts.push(text.slice(from, start));
    const { expression, end } = parseExpression(text, start + OPEN.length, true);
    parts.push({ expression, start });
    from = end;
  }
  if (from < text.length) parts.push(text.slice(from));
  return { parts };
}

/** @throws ExpressionProblem expression-type, expression-unknown */
export function fill(template: Template, scope: Scope): Known<Value> {
  const [only, ...others] = template.parts;
  if (only !== undefined && typeof only !== "string" && others.length === 0) return evaluate(only.expression, scope);
  const texts: Text[] = [];
  let unknown = false;
  for (const part of template.parts) {
    const text = typeof part === "string" ? part : toText(part.expression, evaluate(part.expression, scope));
    if (text === UNKNOWN) unknown = true;
    else texts.push(text);
  }
  return unknown ? UNKNOWN : joinText(...texts);
}

function toText(at: Expression, value: Known<Value>): Known<Text> {
  if (value === UNKNOWN || typeof value === "string" || value instanceof Secret) return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new ExpressionProblem("expression-type", at, `${typeWord(value)} cannot stand inside text`);
}
