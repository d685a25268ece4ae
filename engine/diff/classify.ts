/**
 * Which files may have changed between two walks of a tree, and what has to be read of them to be sure. Pure.
 *
 * A file is a suspect unless device, inode, size, mode, owner and both times are as before: on a filesystem with a true
 * ctime no change of a file leaves all of them. Where that does not hold (vfat, or a step that wrote to a block device)
 * every regular file is a suspect.
 */
import { isRegular, isSymlink } from "./entry.ts";
import { comparePaths } from "./group.ts";
import type { Tree, TreeEntry } from "./tree.ts";
import { TEXT_MAX } from "./text.ts";

/** Sorted paths. */
export interface Candidates {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** In both, perhaps different. */
  readonly suspects: readonly string[];
}

/** What has to be read of one side. */
export interface ReadRequest {
  readonly xattrs: readonly string[];
  readonly targets: readonly string[];
  /** Regular files whose bytes are wanted; none is larger than TEXT_MAX. */
  readonly contents: readonly string[];
  readonly digests: readonly string[];
}

const CONTENTS_MAX = 400;
const CONTENTS_BYTES_MAX = 64 << 20;
/** Above this many added files only those are read that an action of the recipe named. */
const ADDED_ALL_MAX = 50;
const ADDED_TEXTS_MAX = 200;
/** Larger additions are told by size and digest. */
const ADDED_TEXT_BYTES = 64 << 10;

/** @param trusted whether the times of this file's filesystem can be trusted */
export function findCandidates(before: Tree, after: Tree, trusted: (entry: TreeEntry) => boolean): Candidates {
  const added: string[] = [];
  const suspects: string[] = [];
  for (const [path, now] of after) {
    const then = before.get(path);
    if (then === undefined) added.push(path);
    else if (isSuspect(then, now, trusted)) suspects.push(path);
  }
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return {
    added: added.sort(comparePaths),
    removed: removed.sort(comparePaths),
    suspects: suspects.sort(comparePaths),
  };
}

function isSuspect(then: TreeEntry, now: TreeEntry, trusted: (entry: TreeEntry) => boolean): boolean {
  if (isRegular(now) && !trusted(now)) return true;
  return (
    then.ino !== now.ino ||
    then.dev !== now.dev ||
    then.mode !== now.mode ||
    then.uid !== now.uid ||
    then.gid !== now.gid ||
    then.rdev !== now.rdev ||
    then.size !== now.size ||
    then.mtime !== now.mtime ||
    then.ctime !== now.ctime
  );
}

/** Suspects whose old content and attributes must be read from the base: regular before and after. */
export function regularSuspects(candidates: Candidates, before: Tree, after: Tree): string[] {
  return candidates.suspects.filter((path) => {
    const [then, now] = [before.get(path), after.get(path)];
    return then !== undefined && now !== undefined && isRegular(then) && isRegular(now);
  });
}

/** What to read after the steps, and of the base. @param named files that the recipe's actions named */
export function planReading(
  candidates: Candidates,
  before: Tree,
  after: Tree,
  named: ReadonlySet<string>,
): { readonly after: ReadRequest; readonly before: ReadRequest } {
  const regular = regularSuspects(candidates, before, after);
  const { contents, digests } = divide(regular, before, after);
  const shown = shownAdditions(candidates.added, after, named);
  const seen = [...candidates.added, ...candidates.suspects];
  return {
    after: {
      xattrs: seen,
      targets: seen.filter((path) => has(after, path, isSymlink)),
      contents: [...contents, ...shown.contents],
      digests: [...digests, ...shown.digests],
    },
    before: { xattrs: regular, targets: [], contents, digests },
  };
}

/** Small files are compared by their bytes, which the text needs; the others by digest. Another size needs neither. */
function divide(paths: readonly string[], before: Tree, after: Tree): { contents: string[]; digests: string[] } {
  const contents: string[] = [];
  const digests: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const [old, now] = [before.get(path)?.size ?? 0, after.get(path)?.size ?? 0];
    const small = old <= TEXT_MAX && now <= TEXT_MAX;
    if (small && contents.length < CONTENTS_MAX && bytes + old + now <= CONTENTS_BYTES_MAX) {
      contents.push(path);
      bytes += old + now;
    } else if (old === now || digests.length < CONTENTS_MAX) {
      digests.push(path);
    }
  }
  return { contents, digests };
}

/** Added files are read where they are few, or where the recipe wrote them itself. */
function shownAdditions(
  added: readonly string[],
  after: Tree,
  named: ReadonlySet<string>,
): { contents: string[]; digests: string[] } {
  const files = added.filter((path) => has(after, path, isRegular));
  const shown = files.length <= ADDED_ALL_MAX ? files : files.filter((path) => named.has(path));
  const some = shown.slice(0, ADDED_TEXTS_MAX);
  const small = (path: string): boolean => has(after, path, (entry) => entry.size <= ADDED_TEXT_BYTES);
  return { contents: some.filter(small), digests: some.filter((path) => !small(path)) };
}

function has(tree: Tree, path: string, test: (entry: TreeEntry) => boolean): boolean {
  const entry = tree.get(path);
  return entry !== undefined && test(entry);
}
