/**
 * A filesystem that is not mounted, read by libtsk: all its names, deleted ones too, as libguestfs's tsk_dirent. They are
 * pulled one by one, so that they can be sent while the walk goes on: libtsk's own walk would have to run to its end.
 */
import type { StructOf } from "../schemas/index.ts";
import {
  loadTsk,
  TSK_FS_META_FLAG_ALLOC,
  TSK_FS_META_FLAG_COMP,
  TSK_FS_NAME_FLAG_UNALLOC,
  type TskDirectory,
  type TskFile,
  type TskFilesystem,
  type TskImage,
  type TskName,
} from "./native/tsk.ts";

export type TskDirent = StructOf<"tsk_dirent">;

/** libguestfs's letters by TSK_FS_NAME_TYPE_ENUM; `u` for what is beyond. */
const TYPE_LETTERS = "ufcdbrlshwuu";
/** TSK_FS_NAME_TYPE_DIR and _VIRT_DIR. */
const DIRECTORY_TYPES: readonly number[] = [3, 11];
const ALLOCATED = 1;
const REALLOCATED = 2;
const COMPRESSED = 4;
/** libtsk's own limit. */
const DEPTH_MAX = 128;

export class TskVolume {
  readonly #lib = loadTsk();
  readonly #image: TskImage;
  readonly #filesystem: TskFilesystem;
  readonly #root: bigint;
  /** The directory that libtsk makes up for files without a name. */
  readonly #orphans: bigint;

  /**
   * @param device real name of a device, or path of an image
   * @throws Error with libtsk's text when there is no filesystem that it knows
   */
  constructor(device: string) {
    this.#image = this.#lib.tsk_img_open(device);
    try {
      this.#filesystem = this.#lib.tsk_fs_open_img(this.#image);
    } catch (error) {
      this.#lib.tsk_img_close(this.#image);
      throw error;
    }
    const { root_inum, last_inum } = this.#lib.inodesOf(this.#filesystem);
    this.#root = root_inum;
    this.#orphans = last_inum;
  }

  close(): void {
    this.#lib.tsk_fs_close(this.#filesystem);
    this.#lib.tsk_img_close(this.#image);
  }

  /** The names in all directories, in no order; with `inode` those that lead to it. */
  *dirents(inode?: bigint): Generator<TskDirent, undefined> {
    const root = this.#lib.tsk_fs_dir_open_meta(this.#filesystem, this.#root);
    yield* this.#below(root, "", [this.#root], inode);
    return undefined;
  }

  /** @param way inodes from the root to this directory: a damaged filesystem may have them below it again */
  *#below(
    directory: TskDirectory,
    path: string,
    way: readonly bigint[],
    inode: bigint | undefined,
  ): Generator<TskDirent, undefined> {
    try {
      const size = this.#lib.tsk_fs_dir_getsize(directory);
      for (let index = 0; index < size; index++) {
        const file = this.#lib.tsk_fs_dir_get(directory, index);
        const { name, meta_addr } = file.name;
        const isWanted = inode === undefined || inode === meta_addr;
        if (isWanted && this.#isListed(file.name)) yield direntOf(file, path);
        const subdirectory = this.#isEntered(file.name, way) ? this.#opened(meta_addr) : undefined;
        if (subdirectory !== undefined) yield* this.#below(subdirectory, `${path}${name}/`, [...way, meta_addr], inode);
      }
    } finally {
      this.#lib.tsk_fs_dir_close(directory);
    }
    return undefined;
  }

  /** Undefined for a directory that cannot be read: mostly one that was deleted. */
  #opened(inode: bigint): TskDirectory | undefined {
    try {
      return this.#lib.tsk_fs_dir_open_meta(this.#filesystem, inode);
    } catch {
      return undefined;
    }
  }

  /** `.` and `..` are not, but for the root's own `.`. */
  #isListed({ name, meta_addr }: TskName): boolean {
    return !isDot(name) || (name === "." && meta_addr === this.#root);
  }

  #isEntered({ name, type, meta_addr }: TskName, way: readonly bigint[]): boolean {
    if (!DIRECTORY_TYPES.includes(type) || isDot(name) || meta_addr === this.#orphans) return false;
    return way.length < DEPTH_MAX && !way.includes(meta_addr);
  }
}

const isDot = (name: string): boolean => name === "." || name === "..";

function direntOf({ name, meta }: TskFile, path: string): TskDirent {
  return {
    tsk_inode: name.meta_addr,
    tsk_type: (TYPE_LETTERS[name.type] ?? "u").charCodeAt(0),
    tsk_size: meta?.size ?? -1n,
    tsk_name: path + name.name,
    tsk_flags: flagsOf({ name, meta }),
    tsk_atime_sec: meta?.atime ?? 0n,
    tsk_atime_nsec: BigInt(meta?.atime_nano ?? 0),
    tsk_mtime_sec: meta?.mtime ?? 0n,
    tsk_mtime_nsec: BigInt(meta?.mtime_nano ?? 0),
    tsk_ctime_sec: meta?.ctime ?? 0n,
    tsk_ctime_nsec: BigInt(meta?.ctime_nano ?? 0),
    tsk_crtime_sec: meta?.crtime ?? 0n,
    tsk_crtime_nsec: BigInt(meta?.crtime_nano ?? 0),
    tsk_nlink: BigInt(meta?.nlink ?? 0),
    tsk_link: meta?.link ?? "",
    tsk_spare1: 0n,
  };
}

function flagsOf({ name, meta }: TskFile): number {
  const of = meta?.flags ?? 0;
  const compressed = (of & TSK_FS_META_FLAG_COMP) === 0 ? 0 : COMPRESSED;
  if ((name.flags & TSK_FS_NAME_FLAG_UNALLOC) === 0) return ALLOCATED | compressed;
  return ((of & TSK_FS_META_FLAG_ALLOC) === 0 ? 0 : REALLOCATED) | compressed;
}
