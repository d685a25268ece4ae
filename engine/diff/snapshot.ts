/**
 * State of the guest's files before the steps: all metadata, and what would be lost otherwise of files that are no regular
 * files (targets, attributes). Contents are not kept: those that matter are read from the base afterwards.
 */
import type { Guestfs } from "../../schemas/index.ts";
import { readTargets, readXattrs } from "./contents.ts";
import { isRegular, isSymlink, type Xattrs } from "./entry.ts";
import { readTree, type Tree } from "./tree.ts";

export interface Snapshot {
  readonly tree: Tree;
  /** Of everything but regular files. */
  readonly xattrs: ReadonlyMap<string, Xattrs>;
  /** Of symlinks. */
  readonly targets: ReadonlyMap<string, string>;
}

export const emptySnapshot: Snapshot = { tree: new Map(), xattrs: new Map(), targets: new Map() };

export async function takeSnapshot(g: Guestfs): Promise<Snapshot> {
  const tree = await readTree(g);
  const special = [...tree].filter(([, entry]) => !isRegular(entry));
  const symlinks = special.filter(([, entry]) => isSymlink(entry)).map(([path]) => path);
  return {
    tree,
    xattrs: await readXattrs(
      g,
      special.map(([path]) => path),
    ),
    targets: await readTargets(g, symlinks),
  };
}
