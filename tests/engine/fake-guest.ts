/** A guest's files in memory behind the part of the client that the walk and the diff use. No daemon, no codec. */
import { createHash } from "node:crypto";

import { GuestfsError } from "../../engine/index.ts";
import { bytesFromText, structs, type Guestfs, type StructOf } from "../../schemas/index.ts";

export interface FakeFile {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly ino?: number;
  readonly content?: string | Uint8Array;
  readonly target?: string;
  readonly mtime?: number;
  readonly ctime?: number;
  readonly rdev?: bigint;
  readonly xattrs?: Readonly<Record<string, string>>;
  /** What file_architecture says of it. */
  readonly arch?: string;
}

const ROOT: FakeFile = { mode: 0o040755 };

export type FakeFiles = Readonly<Record<string, FakeFile>>;

export interface FakeOptions {
  /** Refuse names with a slash, as upstream's daemon does. */
  readonly plainNames?: boolean;
  readonly calls?: string[];
}

/** @param files by absolute path; `mode` with type bits (default: a regular file 0644) */
export function fakeGuest(files: FakeFiles, options: FakeOptions = {}): Guestfs {
  const note = (name: string): void => {
    options.calls?.push(name);
  };
  const check = (names: readonly string[]): void => {
    if (options.plainNames === true && names.some((name) => name.includes("/"))) {
      throw new GuestfsError("internal_lstatnslist", "EINVAL", "names must not contain a slash");
    }
  };
  const at = (path: string, name: string): FakeFile | undefined => files[`${path === "/" ? "" : path}/${name}`];
  const need = (path: string): FakeFile => {
    const file = files[path];
    if (file === undefined) throw new GuestfsError("download", "ENOENT", `${path}: No such file or directory`);
    return file;
  };
  const fake = {
    find0: async (args: { files: (bytes: Uint8Array) => void }) => {
      note("find0");
      const bytes = bytesFromText(
        Object.keys(files)
          .map((path) => `${path.slice(1)}\0`)
          .join(""),
      );
      for (let start = 0; start < bytes.length; start += 7) args.files(bytes.subarray(start, start + 7));
    },
    internal_lstatnslist: async ({ path, names }: { path: string; names: readonly string[] }) => {
      note("internal_lstatnslist");
      check(names);
      return names.map((name) => statOf(at(path, name)));
    },
    internal_lxattrlist: async ({ path, names }: { path: string; names: readonly string[] }) => {
      note("internal_lxattrlist");
      check(names);
      return names.flatMap((name) => {
        const xattrs = Object.entries(at(path, name)?.xattrs ?? {});
        const head = { attrname: "", attrval: bytesFromText(`${xattrs.length}\0`) };
        return [head, ...xattrs.map(([attrname, value]) => ({ attrname, attrval: bytesFromText(value) }))];
      });
    },
    internal_readlinklist: async ({ path, names }: { path: string; names: readonly string[] }) => {
      note("internal_readlinklist");
      check(names);
      return names.map((name) => at(path, name)?.target ?? "");
    },
    download: async (args: { remotefilename: string; filename: (bytes: Uint8Array) => void }) => {
      note(`download ${args.remotefilename}`);
      args.filename(contentOf(need(args.remotefilename)));
    },
    checksum: async ({ path }: { path: string }) => {
      note(`checksum ${path}`);
      return createHash("sha256")
        .update(contentOf(need(path)))
        .digest("hex");
    },
    is_file: async ({ path }: { path: string }) => files[path]?.content !== undefined,
    exists: async ({ path }: { path: string }) => files[path] !== undefined,
    statns: async ({ path }: { path: string }) => statOf(need(path)),
    lstatns: async ({ path }: { path: string }) => statOf(path === "/" ? ROOT : need(path)),
    file_architecture: async ({ filename }: { filename: string }) => {
      const { arch } = need(filename);
      if (arch === undefined) throw new GuestfsError("file_architecture", "", "unknown architecture");
      return arch;
    },
    mountpoints: async () => [["/dev/sda1", "/"]],
    vfs_type: async () => "ext4",
  };
  // Only what is listed here is called; anything else is a TypeError that fails the test.
  return fake as unknown as Guestfs;
}

export function contentOf(file: FakeFile): Uint8Array {
  return typeof file.content === "string" ? bytesFromText(file.content) : (file.content ?? new Uint8Array(0));
}

function statOf(file: FakeFile | undefined): StructOf<"statns"> {
  const blank = structs.statns.filler;
  if (file === undefined) return { ...blank, st_ino: -1n };
  const type = file.target === undefined ? 0o100644 : 0o120777;
  return {
    ...blank,
    st_dev: 1n,
    st_ino: BigInt(file.ino ?? 1),
    st_mode: BigInt(file.mode ?? type),
    st_uid: BigInt(file.uid ?? 0),
    st_gid: BigInt(file.gid ?? 0),
    st_rdev: file.rdev ?? 0n,
    st_size: BigInt(contentOf(file).length),
    st_mtime_sec: BigInt(file.mtime ?? 1000),
    st_ctime_sec: BigInt(file.ctime ?? 1000),
  };
}
