/**
 * Pieces of HTML that cannot be made of unescaped text: `markup` escapes all that is put into it but other pieces. Names and contents
 * of a hostile guest pass through here and nowhere else.
 */
import { printable } from "../style.ts";

/** HTML that is safe to be put into a page. */
export class Markup {
  readonly text: string;

  /** For this file, and for constants that are written in the program. */
  constructor(text: string) {
    this.text = text;
  }
}

export type Insert = string | number | Markup | readonly Markup[];

/** Values may stand as text and inside quoted attributes; not as names, not in `style`, `script`, URLs or handlers. */
export function markup(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  let text = strings[0] ?? "";
  for (const [index, insert] of inserts.entries()) text += markupOf(insert) + (strings[index + 1] ?? "");
  return new Markup(text);
}

/** Text as it may stand in HTML: what would be markup is escaped, control characters are shown. */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/gu, (char) => `&#${char.charCodeAt(0)};`);
}

function markupOf(insert: Insert): string {
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === "string") return escapeHtml(insert);
  if (typeof insert === "number") return String(insert);
  return insert.map(({ text }) => text).join("");
}
