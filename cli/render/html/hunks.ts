/** Unified hunks as a table with line numbers of both sides. */
import { markup, type Markup } from "./markup.ts";

/** Longer changes are cut; the JSON has all of it. */
const LINES_SHOWN = 2000;
const HEADER = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/u;
const KIND = { "+": "added", "-": "removed" } as const;

export function hunksTable(text: string): Markup {
  const lines = text.replace(/\n$/u, "").split("\n");
  let [before, after] = [0, 0];
  const rows = lines.slice(0, LINES_SHOWN).map((line) => {
    const header = HEADER.exec(line);
    if (header !== null) {
      [before, after] = [Number(header[1]), Number(header[2])];
      return markup`<tr class="hunk"><td></td><td></td><td>${line}</td></tr>\n`;
    }
    const sign = line.slice(0, 1);
    // "\ No newline at end of file" belongs to no line.
    if (sign === "\\") return markup`<tr class="hunk"><td></td><td></td><td>${line}</td></tr>\n`;
    const [old, next] = [sign === "+" ? "" : before++, sign === "-" ? "" : after++];
    const kind = sign === "+" || sign === "-" ? KIND[sign] : "same";
    return markup`<tr class="${kind}"><td data-n="${old}"></td><td data-n="${next}"></td><td>${line}</td></tr>\n`;
  });
  const cut = lines.length - LINES_SHOWN;
  return markup`<table class="hunks"><tbody>${rows}</tbody></table>${cut > 0 ? markup`<p class="note">${cut} more lines; the plan's JSON has them.</p>` : ""}`;
}

/** Lines of hunks, for deciding what to show at once. */
export function countLines(text: string | undefined): number {
  return text === undefined ? 0 : text.split("\n").length - 1;
}
