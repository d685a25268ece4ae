/** Names and metadata of files: ls, find, readdir, stat and their kin, one file or many. */
import { decodeStructs, textFromBytes, type CallOptions, type Guestfs, type StructOf } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import { collectFile } from "./collect-file.ts";

type Statns = StructOf<"statns">;
type Stat = StructOf<"stat">;
type Names = { readonly path: string; readonly names: readonly string[] };

export interface NameFunctions {
  /** Names in a directory, sorted by bytes, without `.` and `..`. */
  ls(args: { readonly directory: string }, options?: CallOptions): Promise<string[]>;
  /** Everything below a directory, relative to it, sorted by bytes. */
  find(args: { readonly directory: string }, options?: CallOptions): Promise<string[]>;
  /** Entries of a directory in its own order, `.` and `..` too. However many there are. */
  readdir(args: { readonly dir: string }, options?: CallOptions): Promise<StructOf<"dirent">[]>;
  /** File status, following symbolic links; times in seconds (statns has nanoseconds). */
  stat(args: { readonly path: string }, options?: CallOptions): Promise<Stat>;
  /** File status of the link itself. */
  lstat(args: { readonly path: string }, options?: CallOptions): Promise<Stat>;
  /** lstat of many names in one directory; `ino` -1n where it failed. */
  lstatlist(args: Names, options?: CallOptions): Promise<Stat[]>;
  /** lstatns of many names in one directory, 1000 per call; `st_ino` -1n where it failed. */
  lstatnslist(args: Names, options?: CallOptions): Promise<Statns[]>;
  /** Extended attributes of many names in one directory, packed as libguestfs packs them (guestfs(3), lxattrlist). */
  lxattrlist(args: Names, options?: CallOptions): Promise<StructOf<"xattr">[]>;
  /** Targets of many symbolic links in one directory; "" where it failed. */
  readlinklist(args: Names, options?: CallOptions): Promise<string[]>;
}

const NAMES_PER_CALL = 1000;

export function nameFunctions(g: Guestfs): NameFunctions {
  const lstatnslist: NameFunctions["lstatnslist"] = ({ path, names }, options) =>
    inSlices(names, (some) => g.internal_lstatnslist({ path, names: some }, options));

  return {
    async ls({ directory }, options) {
      const bytes = await collectFile("ls", directory, (filenames) => g.ls0({ dir: directory, filenames }, options));
      return sortedNames(bytes);
    },
    async find({ directory }, options) {
      const bytes = await collectFile("find", directory, (files) => g.find0({ directory, files }, options));
      // libguestfs's daemon cuts the directory's name off and leaves the slash after it.
      return sortedNames(bytes).map((name) => (name.startsWith("/") ? name.slice(1) : name));
    },
    async readdir({ dir }, options) {
      try {
        const bytes = await collectFile("readdir", dir, (filename) => g.internal_readdir({ dir, filename }, options));
        return decodeStructs("dirent", bytes);
      } catch (error) {
        // libguestfs before 1.50 has a call for what fits in one message, and no errno for a call that it does not know.
        if (!(error instanceof GuestfsError) || error.errno !== "") throw error;
        return [...(await g.readdir({ dir }, options))];
      }
    },
    async stat({ path }, options) {
      return statOf(await g.statns({ path }, options));
    },
    async lstat({ path }, options) {
      return statOf(await g.lstatns({ path }, options));
    },
    async lstatlist(args, options) {
      return (await lstatnslist(args, options)).map(statOf);
    },
    lstatnslist,
    lxattrlist: ({ path, names }, options) =>
      inSlices(names, (some) => g.internal_lxattrlist({ path, names: some }, options)),
    readlinklist: ({ path, names }, options) =>
      inSlices(names, (some) => g.internal_readlinklist({ path, names: some }, options)),
  };
}

async function inSlices<T>(names: readonly string[], call: (some: string[]) => Promise<readonly T[]>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < names.length; start += NAMES_PER_CALL) {
    for (const result of await call(names.slice(start, start + NAMES_PER_CALL))) results.push(result);
  }
  return results;
}

function statOf(ns: Statns): Stat {
  return {
    dev: ns.st_dev,
    ino: ns.st_ino,
    mode: ns.st_mode,
    nlink: ns.st_nlink,
    uid: ns.st_uid,
    gid: ns.st_gid,
    rdev: ns.st_rdev,
    size: ns.st_size,
    blksize: ns.st_blksize,
    blocks: ns.st_blocks,
    atime: ns.st_atime_sec,
    mtime: ns.st_mtime_sec,
    ctime: ns.st_ctime_sec,
  };
}

/** Names that each end with a zero byte, sorted by bytes; the daemon's order is its directory's. */
function sortedNames(bytes: Uint8Array): string[] {
  const names: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const zero = bytes.indexOf(0, start);
    const end = zero === -1 ? bytes.length : zero;
    names.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return names.sort((a, b) => Buffer.compare(a, b)).map(textFromBytes);
}
