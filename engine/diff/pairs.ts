/**
 * Which file before is which file after: by its path, or, where a path came and another went, by its identity. And which of
 * them may differ. Pure.
 *
 * On filesystems that number their files for good, a file is the same one when inode and time of birth are the same; it has
 * then been moved.
 */
import { fileTypeOf, sameXattrs, type Files, type GuestFile } from "./entry.ts";
import { comparePaths } from "./group.ts";

/** A file before, and the same after. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly was: GuestFile;
  readonly now: GuestFile;
}

/** Sorted by path. */
export interface Pairing {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly moved: readonly Pair[];
  /** Under the same path before and after, perhaps different. */
  readonly suspects: readonly Pair[];
}

/**
 * @param touched paths whose files may have changed although their metadata are the same
 * @param relinked paths that are names of other files, or of a file with other names
 */
export function pairFiles(
  before: Files,
  after: Files,
  touched: ReadonlySet<string>,
  relinked: ReadonlySet<string> = new Set(),
): Pairing {
  const added: string[] = [];
  const suspects: Pair[] = [];
  for (const [path, now] of after) {
    const was = before.get(path);
    if (was === undefined) added.push(path);
    else if (touched.has(path) || relinked.has(path) || isSuspect(was, now))
      suspects.push({ from: path, to: path, was, now });
  }
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const moved = findMoved(before, after, removed, added);
  const [gone, come] = [new Set(moved.map(({ from }) => from)), new Set(moved.map(({ to }) => to))];
  const byPath = (a: Pair, b: Pair): number => comparePaths(a.to, b.to);
  return {
    added: added.filter((path) => !come.has(path)).sort(comparePaths),
    removed: removed.filter((path) => !gone.has(path)).sort(comparePaths),
    moved: moved.sort(byPath),
    suspects: suspects.sort(byPath),
  };
}

/** Whether a file is the very same with the very same content, as far as its metadata tell. */
export function isUnchanged({ was, now }: Pair): boolean {
  if (was.sha256 !== undefined && now.sha256 !== undefined) return was.sha256 === now.sha256;
  return (
    was.volume === now.volume &&
    was.ino === now.ino &&
    was.born === now.born &&
    was.size === now.size &&
    was.mtime === now.mtime &&
    was.ctime === now.ctime
  );
}

function isSuspect(was: GuestFile, now: GuestFile): boolean {
  return (
    !isUnchanged({ from: "", to: "", was, now }) ||
    was.mode !== now.mode ||
    was.uid !== now.uid ||
    was.gid !== now.gid ||
    was.rdev !== now.rdev ||
    was.target !== now.target ||
    !sameXattrs(was.xattrs, now.xattrs)
  );
}

function findMoved(before: Files, after: Files, removed: readonly string[], added: readonly string[]): Pair[] {
  const come = byIdentity(after, added);
  return [...byIdentity(before, removed)].flatMap(([identity, gone]) => {
    const next = come.get(identity) ?? [];
    // Of several names, which one became which is told by their order.
    if (next.length !== gone.length) return [];
    return gone.flatMap((from, index) => {
      const to = next[index] ?? from;
      const [was, now] = [before.get(from), after.get(to)];
      return was === undefined || now === undefined ? [] : [{ from, to, was, now }];
    });
  });
}

/** Identity -> paths, sorted. */
function byIdentity(files: Files, paths: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of [...paths].sort(comparePaths)) {
    const file = files.get(path);
    if (file === undefined || file.born === 0n) continue;
    const identity = `${file.volume} ${file.ino} ${file.born} ${fileTypeOf(file)}`;
    found.set(identity, [...(found.get(identity) ?? []), path]);
  }
  return found;
}
