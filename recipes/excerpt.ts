/**
 * Diagnostics as text: position, message, the line with a caret below, and the hint. Pure; colours are the command
 * line's affair.
 */
import type { Diagnostic } from "../schemas/index.ts";

/** Widest piece of a source line that is shown. */
const MAX_WIDTH = 100;

/** @param texts text of each file by its name (LoadResult.texts); without it there is no excerpt */
export function renderDiagnostic(diagnostic: Diagnostic, texts: ReadonlyMap<string, string>): string {
  const { severity, code, summary, detail, source } = diagnostic;
  const head = `${visible(source.file)}:${source.line}:${source.column}: ${severity}: ${visible(summary)} [${code}]`;
  const excerpt = renderExcerpt(diagnostic, texts.get(source.file));
  const hint = detail === "" ? [] : [`  ${visible(detail)}`];
  return [head, ...excerpt, ...hint].join("\n");
}

/** All of them, a blank line between, and a count at the end. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>): string {
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counts = [count(errors, "error"), count(warnings, "warning")].filter((text) => text !== "");
  const parts = diagnostics.map((one) => renderDiagnostic(one, texts));
  return counts.length === 0 ? "" : `${[...parts, counts.join(", ")].join("\n\n")}\n`;
}

function count(number: number, word: string): string {
  if (number === 0) return "";
  return number === 1 ? `1 ${word}` : `${number} ${word}s`;
}

function renderExcerpt({ source }: Diagnostic, text: string | undefined): readonly string[] {
  const line = text?.split(/\r\n|\n|\r/)[source.line - 1];
  if (line === undefined || line === "") return [];
  const from = source.column - 1;
  const to = Math.max(from + 1, Math.min((source.endColumn ?? source.column + 1) - 1, line.length));
  const start = windowStart(line, from, to);
  const end = Math.min(line.length, start + MAX_WIDTH);
  const before = line.slice(start, from);
  const marked = line.slice(from, Math.min(to, end));
  const shown = `${start > 0 ? "..." : ""}${visible(line.slice(start, end))}${end < line.length ? "..." : ""}`;
  const indent = " ".repeat(widthOf(before) + (start > 0 ? 3 : 0));
  const number = String(source.line);
  const gutter = " ".repeat(number.length);
  return [`  ${number} | ${shown}`, `  ${gutter} | ${indent}${"^".repeat(Math.max(1, widthOf(marked)))}`];
}

/** Where the shown piece starts, so that the mark is in it. */
function windowStart(line: string, from: number, to: number): number {
  if (line.length <= MAX_WIDTH || to <= MAX_WIDTH) return 0;
  return Math.max(0, Math.min(from, line.length - MAX_WIDTH, Math.max(0, from - MAX_WIDTH / 2)));
}

/** Tabs as one space, other control characters (also those that steer terminals) as a mark. */
function visible(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}

/** Columns that a terminal takes: East Asian wide characters and emoji two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of visible(text)) {
    if (/\p{M}/u.test(char)) continue;
    width += /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u.test(char)
      ? 2
      : 1;
  }
  return width;
}
