/**
 * The tree of a mounted guest: one pass over all names and their metadata, through libguestfs's own actions. Reads no contents
 * (see contents.ts) and compares nothing (see compare.ts).
 */
import { textFromBytes, type Guestfs, type StructOf } from "../../schemas/index.ts";
import { RunError } from "../run-error.ts";

/** Absolute path -> metadata. */
export type Tree = ReadonlyMap<string, StructOf<"statns">>;

/** Names per call: libguestfs's own batch. */
const BATCH_NAMES = 1000;
/** Bytes of names per call, far below the message limit of 4 MiB. */
const BATCH_BYTES = 1 << 20;
/** A guest with more files than this is refused rather than held in memory. */
const FILES_MAX = 5_000_000;

/** Reads names and metadata of `/` and every file below it, of the mounted guest. */
export async function readTree(g: Guestfs): Promise<Tree> {
  const names = await findNames(g);
  const tree = new Map([["/", await g.lstatns({ path: "/" })]]);
  for (const batch of batches(names)) {
    const stats = await statBatch(g, batch);
    for (const [index, stat] of stats.entries()) {
      const name = batch[index];
      if (name !== undefined && stat.st_ino !== -1n) tree.set(`/${name}`, stat);
    }
  }
  return tree;
}

/** Path without its leading slash: a name relative to the guest's root. */
export function relative(path: string): string {
  return path.replace(/^\/+/u, "");
}

/** Cuts names into lists that fit into a call. */
export function* batches(names: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const name of names) {
    const bytes = name.length * 3;
    if (batch.length >= BATCH_NAMES || (batch.length > 0 && size + bytes > BATCH_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(name);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

/** Names of one folder each, for daemons that take plain names only (upstream's). */
export function byFolder(names: readonly string[]): Map<string, { readonly name: string; readonly index: number }[]> {
  const folders = new Map<string, { name: string; index: number }[]>();
  for (const [index, path] of names.entries()) {
    const cut = path.lastIndexOf("/");
    const folder = cut < 0 ? "/" : `/${path.slice(0, cut)}`;
    const list = folders.get(folder);
    const item = { name: path.slice(cut + 1), index };
    if (list === undefined) folders.set(folder, [item]);
    else list.push(item);
  }
  return folders;
}

async function findNames(g: Guestfs): Promise<string[]> {
  const names: string[] = [];
  let rest = new Uint8Array(0);
  await g.find0({
    directory: "/",
    files: (bytes) => {
      const joined = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let start = 0;
      for (let end = joined.indexOf(0); end >= 0; end = joined.indexOf(0, start)) {
        if (end > start) names.push(textFromBytes(joined.subarray(start, end)));
        start = end + 1;
      }
      rest = joined.slice(start);
      if (names.length > FILES_MAX) throw new RunError("guest-too-large", `more than ${FILES_MAX} files in the guest`);
    },
  });
  if (rest.length > 0)
    throw new RunError("guest-unreadable", "find0: /: the list of names ends in the middle of a name");
  return names;
}

/**
 * One call for the whole batch, relative to `/`: our daemon takes names with slashes. Upstream's refuses them; then one
 * call a folder.
 */
async function statBatch(g: Guestfs, names: readonly string[]): Promise<readonly StructOf<"statns">[]> {
  try {
    return await g.internal_lstatnslist({ path: "/", names });
  } catch (error) {
    if (!names.some((name) => name.includes("/"))) throw error;
    return await statByFolder(g, names);
  }
}

async function statByFolder(g: Guestfs, names: readonly string[]): Promise<readonly StructOf<"statns">[]> {
  const all: StructOf<"statns">[] = [];
  for (const [path, items] of byFolder(names)) {
    const stats = await g.internal_lstatnslist({ path, names: items.map((item) => item.name) });
    for (const [index, item] of items.entries()) {
      const stat = stats[index];
      if (stat !== undefined) all[item.index] = stat;
    }
  }
  return all;
}
