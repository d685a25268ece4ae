/**
 * A side read by libguestfs's own actions, for a daemon that has none of gild's: always the whole mounted guest. Independent of
 * own-side.ts in the daemon too, so that tests can hold both against each other.
 */
import type { Guestfs, StructOf } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import { readContent, readDigests, readTargets, readXattrs } from "./contents.ts";
import { deviceText, isRegular, isSymlink, nanoseconds, type Files, type GuestFile } from "./entry.ts";
import type { Place, Side } from "./side.ts";
import { readTree } from "./tree.ts";

/** Filesystems that set ctime at every change of a file, so that unchanged metadata means an unchanged file. */
const trustedTypes: ReadonlySet<string> = new Set(["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs"]);

export class ForeignSide implements Side {
  readonly #g: Guestfs;
  readonly #digestAll: boolean;

  /** @param digestAll every regular file is digested, whatever its filesystem */
  constructor(g: Guestfs, digestAll: boolean) {
    this.#g = g;
    this.#digestAll = digestAll;
  }

  async read(): Promise<Files> {
    const g = this.#g;
    const tree = await readTree(g);
    const bare = new Map([...tree].map(([path, stat]) => [path, fileOf(stat)]));
    const xattrs = await readXattrs(g, [...bare.keys()]);
    const links = [...bare].filter(([, file]) => isSymlink(file)).map(([path]) => path);
    const targets = await readTargets(g, links);
    const digests = await readDigests(g, await this.#doubted(bare));
    const files = new Map<string, GuestFile>();
    for (const [path, file] of bare) {
      const sha256 = digests.get(path);
      files.set(path, {
        ...file,
        xattrs: xattrs.get(path) ?? file.xattrs,
        target: targets.get(path) ?? "",
        ...(sha256 === undefined ? {} : { sha256 }),
      });
    }
    return files;
  }

  /** Everything has been read. */
  async namesOf(): Promise<Place[]> {
    return [];
  }

  async contents(paths: readonly string[], max: number): Promise<Map<string, Uint8Array>> {
    const contents = new Map<string, Uint8Array>();
    for (const path of paths) contents.set(path, await readContent(this.#g, path, max));
    return contents;
  }

  async digests(paths: readonly string[]): Promise<Map<string, string>> {
    return await readDigests(this.#g, paths);
  }

  /** Regular files whose change their times do not tell. */
  async #doubted(files: Files): Promise<string[]> {
    const regular = [...files].filter(([, file]) => isRegular(file));
    if (this.#digestAll) return regular.map(([path]) => path);
    const doubted = new Set<bigint | undefined>();
    for (const [mountable, mountpoint] of await this.#g.mountpoints()) {
      if (!trustedTypes.has(await typeOf(this.#g, mountable))) doubted.add(files.get(mountpoint)?.dev);
    }
    return regular.filter(([, { dev }]) => doubted.has(dev)).map(([path]) => path);
  }
}

async function typeOf(g: Guestfs, mountable: string): Promise<string> {
  try {
    return await g.vfs_type({ mountable });
  } catch (error) {
    if (error instanceof GuestfsError) return "";
    throw error;
  }
}

function fileOf(stat: StructOf<"statns">): GuestFile {
  return {
    volume: "",
    dev: stat.st_dev,
    ino: stat.st_ino,
    nlink: Number(stat.st_nlink),
    mode: Number(stat.st_mode),
    uid: Number(stat.st_uid),
    gid: Number(stat.st_gid),
    rdev: deviceText(stat.st_rdev),
    size: Number(stat.st_size),
    mtime: nanoseconds(stat.st_mtime_sec, stat.st_mtime_nsec),
    ctime: nanoseconds(stat.st_ctime_sec, stat.st_ctime_nsec),
    born: 0n,
    target: "",
    xattrs: new Map(),
  };
}
