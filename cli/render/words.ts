/** The words for what changed, which text, Markdown and HTML share. What comes from the guest is made printable, not escaped. */
import type { DirectorySummary } from "../../engine/index.ts";
import type {
  BlockChange,
  Diff,
  FileAspect,
  FileChange,
  FileChangeKind,
  FileState,
  Json,
  PackageChange,
  TreeChange,
  UnreadPackages,
} from "../../schemas/index.ts";
import { byteSize, count, counted, oneLine } from "./style.ts";

export const SIGN = { added: "+", removed: "-", changed: "~", moved: ">" } as const satisfies Record<
  FileChangeKind,
  string
>;

const DIGEST_SHOWN = 12;
const NONE = "(none)";

/** `3 files added, 1 file changed, 2 partitions added` */
export function diffSummary(diff: Diff): string {
  const tally = (items: readonly { readonly change: FileChangeKind }[], what: string): string[] =>
    (["added", "changed", "moved", "removed"] as const).flatMap((change) => {
      const number = items.filter((item) => item.change === change).length;
      return number === 0 ? [] : [`${counted(number, what)} ${change}`];
    });
  const kinds = [...new Set(diff.blocks.map((block) => block.kind))];
  const parts = [
    ...kinds.flatMap((kind) =>
      tally(
        diff.blocks.filter((block) => block.kind === kind),
        kindWords(kind),
      ),
    ),
    ...tally(
      (diff.packages ?? []).map((one) => ({ change: packageChange(one) })),
      "package",
    ),
    ...(diff.packagesUnread === undefined ? [] : ["packages not compared"]),
    ...tally(diff.files, "file"),
  ];
  return parts.length === 0 ? "nothing to change" : parts.join(", ");
}

/** First letter in upper case. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `sha256 6f15351bfd52` */
export function shortDigest(sha256: string): string {
  return `sha256 ${sha256.slice(0, DIGEST_SHOWN)}`;
}

/** `logical volume` */
export function kindWords(kind: BlockChange["kind"]): string {
  return kind.replaceAll("-", " ");
}

/** `label a -> b, size 1.0 GB -> 2.0 GB`; of what was added or removed `label b, size 2.0 GB`. */
export function fieldsWords({ fields, change }: BlockChange): string {
  return fields
    .flatMap(({ name, before, after }) => {
      if (change === "changed") return [`${name} ${fieldWords(name, before)} -> ${fieldWords(name, after)}`];
      const value = after ?? before ?? "";
      return value === "" ? [] : [`${name} ${fieldWords(name, value)}`];
    })
    .join(", ");
}

/** Fields that are bytes. */
const BYTE_FIELDS: ReadonlySet<string> = new Set(["size", "start", "extent size"]);
const DIGEST = /^[0-9a-f]{64}$/u;

/** Bytes in larger units, digests by their beginning. */
function fieldWords(name: string, value = ""): string {
  if (value === "") return NONE;
  if (DIGEST.test(value)) return value.slice(0, DIGEST_SHOWN);
  return BYTE_FIELDS.has(name) ? exactSize(value) : oneLine(value);
}

/** `4.3 GB (4294967296)`: two sizes that differ never look the same. */
function exactSize(bytes: string): string {
  const number = Number(bytes);
  return Number.isSafeInteger(number) && number >= 1000 ? `${byteSize(number)} (${bytes})` : oneLine(bytes);
}

/** An argument of an action; permission bits as people write them. */
export function argumentWords(name: string, value: Json): string {
  if (typeof value === "string") return value;
  const isMode = (name === "mode" || name === "perm") && typeof value === "number";
  return isMode ? value.toString(8).padStart(4, "0") : JSON.stringify(value);
}

/** `~ PermitRootLogin = yes -> no`, `+ Port = 22` */
export function treeWords({ path, before, after }: TreeChange): string {
  const change = changeOf(before, after);
  const value = change === "changed" ? `${before} -> ${after}` : (after ?? before ?? "");
  return oneLine(`${SIGN[change]} ${path}${value === "" ? "" : ` = ${value}`}`);
}

export function packageChange({ before, after }: PackageChange): "added" | "removed" | "changed" {
  return changeOf(before, after);
}

function changeOf(before: string | undefined, after: string | undefined): "added" | "removed" | "changed" {
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "changed";
}

/** `1.0 -> 1.1 (amd64)` */
export function packageVersion({ arch, before, after }: PackageChange): string {
  const version = before === undefined || after === undefined ? (after ?? before ?? "") : `${before} -> ${after}`;
  return `${oneLine(version)} (${oneLine(arch)})`;
}

/** `packages are not compared`, and where and why. */
export function unreadWords({ side, reason }: UnreadPackages): string {
  return `packages are not compared, cannot be read ${side} the change: ${oneLine(reason)}`;
}

/** The path; of a directory with a slash at its end. */
export function fileName({ path, type }: Pick<FileChange, "path" | "type">): string {
  return `${oneLine(path)}${type === "directory" ? "/" : ""}`;
}

/** What is to be said of a file on the line of its name. */
export function fileDetails(file: FileChange): string {
  const { before, after, from } = file;
  if (before !== undefined && after !== undefined) {
    const moved = from === undefined ? [] : [`from ${oneLine(from)}`];
    return [...moved, ...file.what.map((what) => aspectWords(what, before, after))].join(", ");
  }
  const state = after ?? before;
  return state === undefined ? "" : stateWords(state);
}

/** Why the content is not shown, with its digests where they are known; undefined where it is shown, or there is none. */
export function contentNote({ secret, textOmitted, before, after }: FileChange): string | undefined {
  if (secret === true) return "secret content is not shown";
  if (textOmitted === undefined) return undefined;
  const reason = { binary: "binary", large: "too large to be shown", many: "one of too many to be shown" }[textOmitted];
  const digests = [before?.sha256, after?.sha256].filter((digest) => digest !== undefined);
  if (digests.length === 0) return reason;
  return `${reason}, sha256 ${digests.map((digest) => digest.slice(0, DIGEST_SHOWN)).join(" -> ")}`;
}

/** What happened to a directory's files, in one word. */
export function groupChange(group: DirectorySummary): FileChangeKind {
  const kinds = (["added", "changed", "moved", "removed"] as const).filter((kind) => group[kind] > 0);
  return kinds.length === 1 ? (kinds[0] ?? "changed") : "changed";
}

/** `1,204 files added, 31 MB, 3 changed (mode, label)` */
export function groupCounts(group: DirectorySummary): string {
  const parts: string[] = [];
  if (group.added > 0) parts.push(`${counted(group.added, "file")} added, ${byteSize(group.addedBytes)}`);
  for (const kind of ["changed", "moved", "removed"] as const) {
    const number = group[kind];
    const what = kind === "changed" ? ` (${Object.keys(group.what).join(", ")})` : "";
    if (number > 0) parts.push(`${parts.length === 0 ? counted(number, "file") : count(number)} ${kind}${what}`);
  }
  return parts.join(", ");
}

function stateWords(state: FileState): string {
  const owner = `${state.uid}:${state.gid}`;
  const parts = [state.type === "symlink" ? `-> ${oneLine(state.target ?? "")}` : `${state.mode} ${owner}`];
  if (state.type === "symlink" && owner !== "0:0") parts.push(owner);
  if (state.device !== undefined) parts.push(`${state.type.replace("-", " ")} ${state.device}`);
  else if (state.type === "fifo" || state.type === "socket") parts.push(state.type);
  if (state.size !== undefined) parts.push(byteSize(state.size));
  if (state.hardLink !== undefined) parts.push(`hard link to ${oneLine(state.hardLink)}`);
  if (state.acl !== undefined) parts.push(`acl ${state.acl}`);
  if (state.defaultAcl !== undefined) parts.push(`default acl ${state.defaultAcl}`);
  if (state.capabilities !== undefined) parts.push(state.capabilities);
  if (state.label !== undefined) parts.push(oneLine(state.label));
  if (state.xattrs !== undefined) parts.push(`xattrs ${Object.keys(state.xattrs).map(oneLine).join(" ")}`);
  return parts.join(", ");
}

/** One aspect of a file that is there before and after: `mode 0644 -> 0600`. */
function aspectWords(what: FileAspect, before: FileState, after: FileState): string {
  switch (what) {
    case "type":
      return `${before.type} -> ${after.type}`;
    case "mode":
      return `mode ${before.mode} -> ${after.mode}`;
    case "owner":
      return `owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`;
    case "label":
      return `label ${oneLine(before.label ?? NONE)} -> ${oneLine(after.label ?? NONE)}`;
    case "acl":
      return `acl ${aclWords(before)} -> ${aclWords(after)}`;
    case "capabilities":
      return `capabilities ${before.capabilities ?? NONE} -> ${after.capabilities ?? NONE}`;
    case "hard-link":
      return `hard link to ${oneLine(before.hardLink ?? NONE)} -> ${oneLine(after.hardLink ?? NONE)}`;
    case "target":
      return `-> ${oneLine(before.target ?? "")} => ${oneLine(after.target ?? "")}`;
    case "device":
      return `device ${before.device ?? ""} -> ${after.device ?? ""}`;
    case "content":
      return before.size === after.size
        ? "content"
        : `content, ${byteSize(before.size ?? 0)} -> ${byteSize(after.size ?? 0)}`;
    case "xattrs":
      return xattrWords(before.xattrs ?? {}, after.xattrs ?? {});
    case "mtime":
      return `mtime ${before.mtime ?? ""} -> ${after.mtime ?? ""}`;
  }
}

/** `xattrs +user.a ~user.b -user.c`; the values are in the JSON form. */
function xattrWords(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const words = names.flatMap((name) => {
    if (!Object.hasOwn(before, name)) return [`+${oneLine(name)}`];
    if (!Object.hasOwn(after, name)) return [`-${oneLine(name)}`];
    return before[name] === after[name] ? [] : [`~${oneLine(name)}`];
  });
  return `xattrs ${words.join(" ")}`;
}

function aclWords({ acl, defaultAcl }: FileState): string {
  const parts = [...(acl === undefined ? [] : [acl]), ...(defaultAcl === undefined ? [] : [`default ${defaultAcl}`])];
  return parts.length === 0 ? NONE : parts.join(" ");
}
