/** /etc/fstab from a layout: an entry by UUID for each mount and swap space; other entries are kept. Pure. */
import type { Content } from "./schema.ts";

/** One filesystem or swap space of the layout. */
export interface FstabMount {
  readonly uuid: string;
  readonly spec: Content;
}

const HEADER =
  "# /etc/fstab: filesystems of this system (fstab(5))\n# <file system> <mount point> <type> <options> <dump> <pass>";
/** What bootstrap tools leave in the file of a system that has no disks yet. */
const PLACEHOLDER = /^#.*UNCONFIGURED FSTAB/;

/**
 * The text with an entry for each mount: a wrong entry of the same mount point is replaced where it stands, missing ones
 * are added, the root first, then by path, swap last. Unchanged when all are right.
 *
 * @param before the text now; undefined when there is no file
 */
export function fstabText(before: string | undefined, mounts: readonly FstabMount[]): string {
  const lines = (before ?? "").split("\n").filter((line) => !PLACEHOLDER.test(line));
  while (lines.at(-1) === "") lines.pop();
  let edited: readonly string[] = lines.length === 0 ? HEADER.split("\n") : lines;
  for (const mount of [...mounts].sort(byPlace)) edited = withEntry(edited, mount);
  return same(edited, lines) && lines.length > 0 && before !== undefined ? before : `${edited.join("\n")}\n`;
}

function withEntry(lines: readonly string[], mount: FstabMount): readonly string[] {
  const fields = entryOf(mount);
  const [device = "", place] = fields;
  const at = lines.findIndex((line) => {
    const existing = fieldsOf(line);
    return mount.spec.swap === true ? existing[0] === device : existing[1] === place;
  });
  if (at < 0) return [...lines, fields.join(" ")];
  return fieldsOf(lines[at] ?? "").join(" ") === fields.join(" ") ? lines : lines.with(at, fields.join(" "));
}

function entryOf({ uuid, spec }: FstabMount): readonly string[] {
  const device = `UUID=${uuid}`;
  if (spec.swap === true) return [device, "none", "swap", spec.options ?? "sw", "0", "0"];
  const filesystem = spec.filesystem ?? "auto";
  return [device, spec.mount ?? "none", filesystem, spec.options ?? defaultOptions(spec), "0", checkPass(spec)];
}

function defaultOptions({ filesystem, mount }: Content): string {
  if (filesystem === "vfat") return "umask=0077";
  return mount === "/" && filesystem?.startsWith("ext") === true ? "errors=remount-ro" : "defaults";
}

/** xfs and btrfs have nothing that fsck would do at boot. */
function checkPass({ filesystem, mount }: Content): string {
  if (filesystem === "xfs" || filesystem === "btrfs") return "0";
  return mount === "/" ? "1" : "2";
}

function byPlace(a: FstabMount, b: FstabMount): number {
  const rank = ({ spec }: FstabMount): string => (spec.swap === true ? "~" : (spec.mount ?? ""));
  return rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b));
}

function fieldsOf(line: string): readonly string[] {
  const trimmed = line.trim();
  return trimmed === "" || trimmed.startsWith("#") ? [] : trimmed.split(/\s+/);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
