/** A diff as text: block devices first, then files in path order, big directories as one line, text changes as hunks. */
import { summarizeFiles } from "../../engine/index.ts";
import type { BlockChange, Diff, FileChange, FileChangeKind, FileState, PackageChange } from "../../schemas/index.ts";
import { byteSize, count, printable, type Style } from "./style.ts";

const SIGN = { added: "+", removed: "-", changed: "~", moved: ">" } as const satisfies Record<FileChangeKind, string>;

/** Ends with a line feed; "" for an empty diff. */
export function diffText(diff: Diff, style: Style): string {
  const blocks = diff.blocks.map((change) => blockText(change, style));
  const packages = (diff.packages ?? []).map((change) => packageText(change, style));
  const files = summarizeFiles(diff.files).map((group) =>
    group.kind === "file"
      ? fileText(group.file, style)
      : paint(
          style,
          groupChange(group),
          `${SIGN[groupChange(group)]} ${printable(group.path)}/: ${groupCounts(group)}`,
        ),
  );
  return [...blocks, ...packages, ...files].map((text) => `${text}\n`).join("");
}

/** `3 files added, 1 changed, 2 partitions added` */
export function diffSummary(diff: Diff): string {
  const tally = (items: readonly { readonly change: keyof typeof SIGN }[], what: string): string[] =>
    (["added", "changed", "moved", "removed"] as const).flatMap((change) => {
      const number = items.filter((item) => item.change === change).length;
      return number === 0 ? [] : [`${count(number)} ${number === 1 ? what : `${what}s`} ${change}`];
    });
  const kinds = [...new Set(diff.blocks.map((block) => block.kind))];
  const parts = [
    ...kinds.flatMap((kind) =>
      tally(
        diff.blocks.filter((block) => block.kind === kind),
        kind.replaceAll("-", " "),
      ),
    ),
    ...tally((diff.packages ?? []).map(packageChange), "package"),
    ...tally(diff.files, "file"),
  ];
  return parts.length === 0 ? "nothing to change" : parts.join(", ");
}

function blockText(change: BlockChange, style: Style): string {
  const fields = change.fields.map(({ name, before, after }) => {
    if (change.change !== "changed") return `${name} ${printable(after ?? before ?? "")}`;
    return `${name} ${printable(before ?? "(none)")} -> ${printable(after ?? "(none)")}`;
  });
  const head = `${SIGN[change.change]} ${change.kind.replaceAll("-", " ")} ${printable(change.name)}`;
  return paint(style, change.change, fields.length === 0 ? head : `${head}: ${fields.join(", ")}`);
}

function packageText(change: PackageChange, style: Style): string {
  const { name, arch, before, after } = change;
  const kind = packageChange(change).change;
  const version = before === undefined || after === undefined ? (after ?? before ?? "") : `${before} -> ${after}`;
  return paint(style, kind, `${SIGN[kind]} package ${printable(name)} ${printable(version)} (${printable(arch)})`);
}

function packageChange({ before, after }: PackageChange): { readonly change: "added" | "removed" | "changed" } {
  if (before === undefined) return { change: "added" };
  return { change: after === undefined ? "removed" : "changed" };
}

function fileText(file: FileChange, style: Style): string {
  const head = `${SIGN[file.change]} ${printable(file.path)}${file.type === "directory" ? "/" : ""}`;
  const line = paint(style, file.change, `${head}  ${style.faint(details(file))}`);
  if (file.secret === true) return `${line}\n    ${style.faint("(secret content is not shown)")}`;
  if (file.text === undefined) return line;
  return `${line}\n${hunks(file.text, style)}`;
}

function details(file: FileChange): string {
  const { before, after, from } = file;
  if (before !== undefined && after !== undefined) {
    const moved = from === undefined ? [] : [`from ${printable(from)}`];
    return [...moved, ...file.what.map((what) => whatText(what, before, after))].join(", ");
  }
  const state = after ?? before;
  return state === undefined ? "" : stateText(state);
}

function stateText(state: FileState): string {
  const parts = [
    state.type === "symlink" ? `-> ${printable(state.target ?? "")}` : `${state.mode} ${state.uid}:${state.gid}`,
  ];
  if (state.type === "file" && state.size !== undefined) parts.push(byteSize(state.size));
  if (state.hardLink !== undefined) parts.push(`hard link to ${printable(state.hardLink)}`);
  if (state.acl !== undefined) parts.push(`acl ${state.acl}`);
  if (state.defaultAcl !== undefined) parts.push(`default acl ${state.defaultAcl}`);
  if (state.capabilities !== undefined) parts.push(state.capabilities);
  if (state.label !== undefined) parts.push(printable(state.label));
  return parts.join(", ");
}

function whatText(what: FileChange["what"][number], before: FileState, after: FileState): string {
  switch (what) {
    case "type":
      return `${before.type} -> ${after.type}`;
    case "mode":
      return `mode ${before.mode} -> ${after.mode}`;
    case "owner":
      return `owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`;
    case "label":
      return `label ${printable(before.label ?? "(none)")} -> ${printable(after.label ?? "(none)")}`;
    case "acl":
      return `acl ${aclText(before)} -> ${aclText(after)}`;
    case "capabilities":
      return `capabilities ${before.capabilities ?? "(none)"} -> ${after.capabilities ?? "(none)"}`;
    case "hard-link":
      return `hard link to ${printable(before.hardLink ?? "(none)")} -> ${printable(after.hardLink ?? "(none)")}`;
    case "target":
      return `-> ${printable(before.target ?? "")} => ${printable(after.target ?? "")}`;
    case "device":
      return `device ${before.device ?? ""} -> ${after.device ?? ""}`;
    case "content":
      return before.size === after.size
        ? "content"
        : `content, ${byteSize(before.size ?? 0)} -> ${byteSize(after.size ?? 0)}`;
    case "xattrs":
    case "mtime":
      return what;
  }
}

function aclText({ acl, defaultAcl }: FileState): string {
  const parts = [...(acl === undefined ? [] : [acl]), ...(defaultAcl === undefined ? [] : [`default ${defaultAcl}`])];
  return parts.length === 0 ? "(none)" : parts.join(" ");
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

interface GroupCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
  readonly addedBytes: number;
}

function groupChange(group: GroupCounts): keyof typeof SIGN {
  const kinds = (["added", "changed", "moved", "removed"] as const).filter((kind) => group[kind] > 0);
  return kinds.length === 1 ? (kinds[0] ?? "changed") : "changed";
}

function groupCounts(group: GroupCounts): string {
  const parts: string[] = [];
  if (group.added > 0) parts.push(`${count(group.added)} files added (${byteSize(group.addedBytes)})`);
  if (group.changed > 0) parts.push(`${count(group.changed)} changed`);
  if (group.moved > 0) parts.push(`${count(group.moved)} moved`);
  if (group.removed > 0) parts.push(`${count(group.removed)} removed`);
  return parts.join(", ");
}

function paint(style: Style, change: keyof typeof SIGN, text: string): string {
  return style[change === "moved" ? "changed" : change](text);
}
