/**
 * Functions that libguestfs has in its library: not on the wire, made of one or more actions (facts/libonly.json). Same
 * names and arguments as there. What a person would call an action (`mkdir_p`) is in the table, not here.
 */
import {
  bytesFromText,
  textFromBytes,
  type CallOptions,
  type Guestfs,
  type StructValue,
  type structs,
} from "../schemas/index.ts";
import { collectFile } from "./collect-file.ts";
import { GuestfsError } from "./errors.ts";
import { createStreamLibrary, type StreamLibrary } from "./library-streams.ts";

type Statns = StructValue<typeof structs.statns>;
type Stat = StructValue<typeof structs.stat>;
type Xattr = StructValue<typeof structs.xattr>;
type Names = { readonly path: string; readonly names: readonly string[] };

export interface GuestfsLibrary extends StreamLibrary {
  /** Content of a file as text (bytes that are not UTF-8 escaped, schemas/text.ts). @throws GuestfsError EFBIG over 256 MiB */
  cat(args: { readonly path: string }, options?: CallOptions): Promise<string>;
  /** Content of a file. @throws GuestfsError EFBIG over 256 MiB */
  read_file(args: { readonly path: string }, options?: CallOptions): Promise<Uint8Array>;
  /** Lines of a file without their ends (LF or CRLF). @throws GuestfsError EFBIG over 256 MiB */
  read_lines(args: { readonly path: string }, options?: CallOptions): Promise<string[]>;
  /** Creates or truncates a file and writes the content; mode 0666 less the umask for a new one. */
  write(args: { readonly path: string; readonly content: string | Uint8Array }, options?: CallOptions): Promise<void>;
  /** Appends to a file, which is created if missing; in pieces of 2 MiB. */
  write_append(
    args: { readonly path: string; readonly content: string | Uint8Array },
    options?: CallOptions,
  ): Promise<void>;
  /** Names in a directory, sorted by bytes, without `.` and `..`. */
  ls(args: { readonly directory: string }, options?: CallOptions): Promise<string[]>;
  /** Everything below a directory, relative to it, sorted by bytes. */
  find(args: { readonly directory: string }, options?: CallOptions): Promise<string[]>;
  /** File status, following symbolic links; times in seconds (statns has nanoseconds). */
  stat(args: { readonly path: string }, options?: CallOptions): Promise<Stat>;
  /** File status of the link itself. */
  lstat(args: { readonly path: string }, options?: CallOptions): Promise<Stat>;
  /** lstatns of many names in one directory, 1000 per call; `st_ino` -1n where it failed. */
  lstatnslist(args: Names, options?: CallOptions): Promise<Statns[]>;
  /** Extended attributes of many names in one directory, packed as libguestfs packs them (guestfs(3), lxattrlist). */
  lxattrlist(args: Names, options?: CallOptions): Promise<Xattr[]>;
  /** Targets of many symbolic links in one directory; "" where it failed. */
  readlinklist(args: Names, options?: CallOptions): Promise<string[]>;
  /** Checks that the appliance has these groups of features. @throws GuestfsError ENOTSUP, EINVAL for a name it does not know */
  available(args: { readonly groups: readonly string[] }, options?: CallOptions): Promise<void>;
  /** Whether the appliance has all of these groups. @throws GuestfsError EINVAL for a name it does not know */
  feature_available(args: { readonly groups: readonly string[] }, options?: CallOptions): Promise<boolean>;
}

/** Largest content sent in the call itself; more goes as a file. */
const INLINE_MAX = 2 * 1024 * 1024;
const NAMES_PER_CALL = 1000;

export function createLibrary(g: Guestfs): GuestfsLibrary {
  const read = (action: string, path: string, options?: CallOptions): Promise<Uint8Array> =>
    collectFile(action, path, (filename) => g.download({ remotefilename: path, filename }, options));

  return {
    ...createStreamLibrary(g),
    async cat({ path }, options) {
      return textFromBytes(await read("cat", path, options));
    },
    read_file: ({ path }, options) => read("read_file", path, options),
    async read_lines({ path }, options) {
      const lines = textFromBytes(await read("read_lines", path, options)).split("\n");
      if (lines.at(-1) === "") lines.pop();
      return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
    },
    async write({ path, content }, options) {
      const bytes = asBytes(content);
      if (bytes.length <= INLINE_MAX) await g.internal_write({ path, content: bytes }, options);
      else await g.upload({ filename: bytes, remotefilename: path }, options);
    },
    async write_append({ path, content }, options) {
      const bytes = asBytes(content);
      for (let start = 0; start === 0 || start < bytes.length; start += INLINE_MAX) {
        await g.internal_write_append({ path, content: bytes.subarray(start, start + INLINE_MAX) }, options);
      }
    },
    async ls({ directory }, options) {
      const bytes = await collectFile("ls", directory, (filenames) => g.ls0({ dir: directory, filenames }, options));
      return sortedNames(bytes);
    },
    async find({ directory }, options) {
      const bytes = await collectFile("find", directory, (files) => g.find0({ directory, files }, options));
      // libguestfs's daemon cuts the directory's name off and leaves the slash after it.
      return sortedNames(bytes).map((name) => (name.startsWith("/") ? name.slice(1) : name));
    },
    async stat({ path }, options) {
      return statOf(await g.statns({ path }, options));
    },
    async lstat({ path }, options) {
      return statOf(await g.lstatns({ path }, options));
    },
    lstatnslist: ({ path, names }, options) =>
      inSlices(names, (some) => g.internal_lstatnslist({ path, names: some }, options)),
    lxattrlist: ({ path, names }, options) =>
      inSlices(names, (some) => g.internal_lxattrlist({ path, names: some }, options)),
    readlinklist: ({ path, names }, options) =>
      inSlices(names, (some) => g.internal_readlinklist({ path, names: some }, options)),
    async available({ groups }, options) {
      for (const group of groups) {
        if (!(await hasGroup(g, "available", group, options))) {
          throw new GuestfsError("available", "ENOTSUP", `${group}: feature group is not available`);
        }
      }
    },
    async feature_available({ groups }, options) {
      for (const group of groups) {
        if (!(await hasGroup(g, "feature_available", group, options))) return false;
      }
      return true;
    },
  };
}

async function hasGroup(g: Guestfs, action: string, group: string, options?: CallOptions): Promise<boolean> {
  const state = await g.internal_feature_available({ group }, options);
  if (state === 0) return true;
  if (state === 1) return false;
  throw new GuestfsError(action, "EINVAL", `${group}: unknown feature group`);
}

/** Names that each end with a zero byte; the daemon's order is its directory's. */
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

async function inSlices<T>(names: readonly string[], call: (some: string[]) => Promise<readonly T[]>): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < names.length; start += NAMES_PER_CALL) {
    for (const result of await call(names.slice(start, start + NAMES_PER_CALL))) results.push(result);
  }
  return results;
}

function asBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? bytesFromText(content) : content;
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
