/** A diff as text: block devices first, then files in path order, big directories as one line, text changes as hunks. */
import { summarizeFiles } from "../../engine/index.ts";
import type { BlockChange, Diff, FileChange, FileChangeKind, PackageChange } from "../../schemas/index.ts";
import { oneLine, printable, type Style } from "./style.ts";
import {
  contentNote,
  fieldsWords,
  fileDetails,
  fileName,
  groupChange,
  groupCounts,
  kindWords,
  packageChange,
  packageVersion,
  SIGN,
  treeWords,
  unreadWords,
} from "./words.ts";

/** Ends with a line feed; "" for an empty diff. */
export function diffText(diff: Diff, style: Style): string {
  const blocks = diff.blocks.map((change) => blockText(change, style));
  const packages = (diff.packages ?? []).map((change) => packageText(change, style));
  const unread = (diff.packagesUnread ?? []).map((one) =>
    style.changed(`${SIGN.changed} package database ${oneLine(one.path)}: ${unreadWords(one)}`),
  );
  const files = summarizeFiles(diff.files).map((group) => {
    if (group.kind === "file") return fileText(group.file, style);
    const change = groupChange(group);
    return paint(style, change, `${SIGN[change]} ${oneLine(group.path)}/: ${groupCounts(group)}`);
  });
  return [...blocks, ...packages, ...unread, ...files].map((text) => `${text}\n`).join("");
}

function blockText(block: BlockChange, style: Style): string {
  const { kind, name, change } = block;
  const head = `${SIGN[change]} ${kindWords(kind)} ${oneLine(name)}`;
  const words = fieldsWords(block);
  return paint(style, change, words === "" ? head : `${head}: ${words}`);
}

function packageText(one: PackageChange, style: Style): string {
  const change = packageChange(one);
  return paint(style, change, `${SIGN[change]} package ${oneLine(one.name)} ${packageVersion(one)}`);
}

function fileText(file: FileChange, style: Style): string {
  const head = paint(style, file.change, `${SIGN[file.change]} ${fileName(file)}  ${style.faint(fileDetails(file))}`);
  const note = contentNote(file);
  if (note !== undefined) return `${head}\n    ${style.faint(`(${note})`)}`;
  if (file.text === undefined || file.text === "") return head;
  const tree = (file.tree ?? []).map((change) => `    ${style.faint(treeWords(change))}\n`);
  return `${head}\n${tree.join("")}${hunks(file.text, style)}`;
}

function hunks(text: string, style: Style): string {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const shown = `    ${printable(line)}`;
      if (line.startsWith("+")) return style.added(shown);
      if (line.startsWith("-")) return style.removed(shown);
      return line.startsWith("@@") ? style.faint(shown) : shown;
    })
    .join("\n");
}

function paint(style: Style, change: FileChangeKind, text: string): string {
  return style[change === "moved" ? "changed" : change](text);
}
