/** One line of a text file: present (replacing or added) or absent. Pure. */

export interface LineEdit {
  readonly line?: string;
  readonly match?: RegExp;
  readonly after?: RegExp;
  readonly state: "present" | "absent";
}

/**
 * The text with the edit made; the same text when it is already true.
 *
 * Present: the last line that `match` matches becomes `line`. Without such a line nothing happens when `line` is there;
 * else it is put after the last line that `after` matches, or at the end. Absent: every line that equals `line` or that
 * `match` matches goes.
 */
export function editLine(text: string, edit: LineEdit): string {
  const endsOpen = text !== "" && !text.endsWith("\n");
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const edited = edit.state === "absent" ? without(lines, edit) : withLine(lines, edit);
  if (edited === lines) return text;
  if (edited.length === 0) return "";
  // A file that ends without a newline keeps that end, unless its last line is a new one.
  return `${edited.join("\n")}${endsOpen && edited.at(-1) === lines.at(-1) ? "" : "\n"}`;
}

function without(lines: readonly string[], edit: LineEdit): readonly string[] {
  const kept = lines.filter((line) => line !== edit.line && !(edit.match?.test(line) ?? false));
  return kept.length === lines.length ? lines : kept;
}

function withLine(lines: readonly string[], { line = "", match, after }: LineEdit): readonly string[] {
  const matched = match === undefined ? -1 : lines.findLastIndex((text) => match.test(text));
  if (matched >= 0) return lines[matched] === line ? lines : lines.with(matched, line);
  if (lines.includes(line)) return lines;
  const place = after === undefined ? -1 : lines.findLastIndex((text) => after.test(text));
  return place < 0 ? [...lines, line] : lines.toSpliced(place + 1, 0, line);
}
