/** Where in a file a part of an expression stands. YAML's quoting and folding may hide that: then the nearest place. */
import type { DiagnosticSource } from "../../schemas/index.ts";
import type { Report } from "../report.ts";
import type { ScalarNode } from "../tree.ts";
import { ExpressionProblem, type Span } from "./parse.ts";

const OPEN = "${{";

/** @param span in the scalar's value */
export function placeInScalar(node: ScalarNode, span: Span): DiagnosticSource {
  const text = String(node.value);
  const offset = rawOffset(node.raw, text, span.start);
  if (offset === undefined) return node.place;
  return node.within(offset, Math.max(1, Math.min(span.end, text.length) - span.start));
}

/** Adds a problem to the report, with its place. Anything else is thrown again. */
export function reportProblem(error: unknown, node: ScalarNode, report: Report): void {
  if (!(error instanceof ExpressionProblem)) throw error;
  report.error(error.code, placeInScalar(node, error.span), error.message, error.detail);
}

/** The offset in `raw` of `text[index]`: counted from the last `${{` before it, which stands in both. */
function rawOffset(raw: string, text: string, index: number): number | undefined {
  const opened = text.lastIndexOf(OPEN, index);
  const nth = text.slice(0, opened + 1).split(OPEN.slice(0, 1)).length - 1;
  const quote = raw.startsWith('"') || raw.startsWith("'") ? 1 : 0;
  if (opened < 0) return raw.slice(quote, quote + text.length) === text ? index + quote : undefined;
  let at = -1;
  for (let i = 0; i < nth; i += 1) {
    at = raw.indexOf("$", at + 1);
    if (at < 0) return undefined;
  }
  const length = index - opened;
  return raw.slice(at, at + length) === text.slice(opened, index) ? at + length : at;
}
