/** What is known of one file of a guest, and what its numbers mean: types, permission bits, times. Pure. */
import type { FileType } from "../../schemas/index.ts";

/** Extended attributes of one file, by name. */
export type Xattrs = ReadonlyMap<string, Uint8Array>;

/** A file on one side of a comparison. Times in nanoseconds since 1970. */
export interface GuestFile {
  /** Device of its filesystem; "" where that is not known. */
  readonly volume: string;
  /** Names the same file within one appliance, together with `ino`. */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly nlink: number;
  /** Type and permission bits (`st_mode`). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** `major:minor` of a device node. */
  readonly rdev: string;
  /** Bytes. */
  readonly size: number;
  readonly mtime: bigint;
  readonly ctime: bigint;
  /** 0 where the filesystem does not keep it. */
  readonly born: bigint;
  /** Of a symbolic link, else "". */
  readonly target: string;
  readonly xattrs: Xattrs;
  /** Hex; only where it was asked for. */
  readonly sha256?: string;
}

/** Absolute path -> file. */
export type Files = ReadonlyMap<string, GuestFile>;

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
const S_IFDIR = 0o040000;

export function fileTypeOf(file: GuestFile): FileType {
  switch (file.mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "directory";
    case S_IFLNK:
      return "symlink";
    case 0o060000:
      return "block-device";
    case 0o020000:
      return "char-device";
    case 0o010000:
      return "fifo";
    default:
      return "socket";
  }
}

export function isRegular(file: GuestFile): boolean {
  return (file.mode & S_IFMT) === S_IFREG;
}

export function isDirectory(file: GuestFile): boolean {
  return (file.mode & S_IFMT) === S_IFDIR;
}

export function isSymlink(file: GuestFile): boolean {
  return (file.mode & S_IFMT) === S_IFLNK;
}

export function isDevice(file: GuestFile): boolean {
  return fileTypeOf(file) === "block-device" || fileTypeOf(file) === "char-device";
}

/** Permission bits as four octal digits. */
export function modeText(file: GuestFile): string {
  return (file.mode & 0o7777).toString(8).padStart(4, "0");
}

export function sameXattrs(a: Xattrs, b: Xattrs): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, value]) => {
    const other = b.get(name);
    return other !== undefined && Buffer.compare(value, other) === 0;
  });
}

/** `major:minor` of Linux's encoding of dev_t. */
export function deviceText(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

export function nanoseconds(seconds: bigint, rest: bigint | number): bigint {
  return seconds * 1_000_000_000n + BigInt(rest);
}

/** Seconds and nanoseconds, `1700000000.000000000`. */
export function timeText(ns: bigint): string {
  const sign = ns < 0n ? "-" : "";
  const size = ns < 0n ? -ns : ns;
  return `${sign}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, "0")}`;
}
