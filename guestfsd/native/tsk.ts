/**
 * libtsk (The Sleuth Kit) through koffi, by its own function names, and the parts of its structs that are read here. The
 * layouts are those of libtsk.so.19 on x86-64. A device is always taken as a raw image: what it holds must not make libtsk
 * open other files, as the description of a VMDK would.
 */
import koffi from "koffi";

import { cString } from "./libc.ts";
import { bytesAt, textAt, type Address } from "./memory.ts";

/** Address of a TSK_IMG_INFO, TSK_FS_INFO, TSK_FS_DIR. */
export type TskImage = Address;
export type TskFilesystem = Address;
export type TskDirectory = Address;

/** TSK_FS_NAME. */
export interface TskName {
  readonly name: string;
  readonly meta_addr: bigint;
  /** TSK_FS_NAME_TYPE_ENUM. */
  readonly type: number;
  /** TSK_FS_NAME_FLAG_ENUM. */
  readonly flags: number;
}

/** TSK_FS_META. Times are seconds since 1970, those in `_nano` nanoseconds. */
export interface TskMeta {
  /** TSK_FS_META_FLAG_ENUM. */
  readonly flags: number;
  readonly nlink: number;
  readonly size: bigint;
  readonly mtime: bigint;
  readonly mtime_nano: number;
  readonly atime: bigint;
  readonly atime_nano: number;
  readonly ctime: bigint;
  readonly ctime_nano: number;
  readonly crtime: bigint;
  readonly crtime_nano: number;
  /** Target of a symbolic link, "" for others. */
  readonly link: string;
}

/** TSK_FS_FILE. */
export interface TskFile {
  readonly name: TskName;
  /** Null where the name leads to no metadata. */
  readonly meta: TskMeta | null;
}

export type TskLibrary = ReturnType<typeof loadTsk>;

export const TSK_FS_NAME_FLAG_UNALLOC = 2;
export const TSK_FS_META_FLAG_ALLOC = 1;
export const TSK_FS_META_FLAG_COMP = 0x10;

const TSK_IMG_TYPE_RAW = 1;
const TSK_FS_TYPE_DETECT = 0;
const INFO_SIZE = 56;
const FILE_SIZE = 32;
const NAME_SIZE = 88;
const META_SIZE = 256;

/** Functions that can fail throw Error with libtsk's text. @throws Error when the appliance has no libtsk */
export function loadTsk() {
  // deep: Node holds functions of the same names (SQLite, zlib), of other versions.
  const lib = koffi.load("libtsk.so.19", { deep: true });
  const c: {
    readonly openImage: (path: Uint8Array, type: number, sectorSize: number) => Address;
    readonly closeImage: (image: TskImage) => void;
    readonly openFilesystem: (image: TskImage, offset: bigint, type: number) => Address;
    readonly closeFilesystem: (filesystem: TskFilesystem) => void;
    readonly openDirectory: (filesystem: TskFilesystem, inode: bigint) => Address;
    readonly closeDirectory: (directory: TskDirectory) => void;
    readonly size: (directory: TskDirectory) => number | bigint;
    readonly get: (directory: TskDirectory, index: bigint) => Address;
    readonly closeFile: (file: Address) => void;
    readonly error: () => Address;
    readonly resetError: () => void;
  } = {
    openImage: lib.func("uintptr_t tsk_img_open_sing(const void *path, int type, unsigned int sectorSize)"),
    closeImage: lib.func("void tsk_img_close(uintptr_t image)"),
    openFilesystem: lib.func("uintptr_t tsk_fs_open_img(uintptr_t image, int64_t offset, int type)"),
    closeFilesystem: lib.func("void tsk_fs_close(uintptr_t filesystem)"),
    openDirectory: lib.func("uintptr_t tsk_fs_dir_open_meta(uintptr_t filesystem, uint64_t inode)"),
    closeDirectory: lib.func("void tsk_fs_dir_close(uintptr_t directory)"),
    size: lib.func("size_t tsk_fs_dir_getsize(uintptr_t directory)"),
    get: lib.func("uintptr_t tsk_fs_dir_get(uintptr_t directory, size_t index)"),
    closeFile: lib.func("void tsk_fs_file_close(uintptr_t file)"),
    error: lib.func("uintptr_t tsk_error_get()"),
    resetError: lib.func("void tsk_error_reset()"),
  };

  function opened(address: Address): Address {
    if (BigInt(address) !== 0n) return address;
    const text = textAt(c.error()) ?? "unknown error";
    c.resetError();
    throw new Error(text.trim());
  }

  return {
    tsk_img_open: (path: string): TskImage => opened(c.openImage(cString(path), TSK_IMG_TYPE_RAW, 0)),
    tsk_img_close: (image: TskImage): void => c.closeImage(image),

    tsk_fs_open_img: (image: TskImage): TskFilesystem => opened(c.openFilesystem(image, 0n, TSK_FS_TYPE_DETECT)),
    tsk_fs_close: (filesystem: TskFilesystem): void => c.closeFilesystem(filesystem),

    tsk_fs_dir_open_meta: (filesystem: TskFilesystem, inode: bigint): TskDirectory =>
      opened(c.openDirectory(filesystem, inode)),
    tsk_fs_dir_close: (directory: TskDirectory): void => c.closeDirectory(directory),
    tsk_fs_dir_getsize: (directory: TskDirectory): number => Number(c.size(directory)),

    /** Entry of a directory, copied. */
    tsk_fs_dir_get(directory: TskDirectory, index: number): TskFile {
      const file = opened(c.get(directory, BigInt(index)));
      try {
        return readFile(file);
      } finally {
        c.closeFile(file);
      }
    },

    /** TSK_FS_INFO: inodes of the root directory and of the one that libtsk makes up for files without a name. */
    inodesOf(filesystem: TskFilesystem): { readonly root_inum: bigint; readonly last_inum: bigint } {
      const view = viewOf(filesystem, INFO_SIZE);
      return { root_inum: view.getBigUint64(32, true), last_inum: view.getBigUint64(48, true) };
    },
  };
}

function readFile(file: Address): TskFile {
  const view = viewOf(file, FILE_SIZE);
  const meta = view.getBigUint64(16, true);
  return { name: readName(view.getBigUint64(8, true)), meta: meta === 0n ? null : readMeta(meta) };
}

function readName(address: bigint): TskName {
  const view = viewOf(address, NAME_SIZE);
  return {
    name: textAt(view.getBigUint64(8, true)) ?? "",
    meta_addr: view.getBigUint64(40, true),
    type: view.getInt32(80, true),
    flags: view.getInt32(84, true),
  };
}

function readMeta(address: bigint): TskMeta {
  const view = viewOf(address, META_SIZE);
  return {
    flags: view.getInt32(4, true),
    nlink: view.getInt32(24, true),
    size: view.getBigInt64(32, true),
    mtime: view.getBigInt64(48, true),
    mtime_nano: view.getUint32(56, true),
    atime: view.getBigInt64(64, true),
    atime_nano: view.getUint32(72, true),
    ctime: view.getBigInt64(80, true),
    ctime_nano: view.getUint32(88, true),
    crtime: view.getBigInt64(96, true),
    crtime_nano: view.getUint32(104, true),
    link: textAt(view.getBigUint64(248, true)) ?? "",
  };
}

const viewOf = (address: Address, size: number): DataView => new DataView(bytesAt(address, size).buffer);
