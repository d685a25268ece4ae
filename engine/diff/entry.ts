/** What the numbers of a TreeEntry mean: file types, permission bits, device numbers. Pure. */
import type { FileState, FileType } from "../../schemas/index.ts";
import type { TreeEntry } from "./tree.ts";

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

/** Extended attributes of one file, by name. */
export type Xattrs = ReadonlyMap<string, Uint8Array>;

/** What lstat(2) does not tell. */
export interface EntryDetails {
  readonly xattrs?: Xattrs;
  readonly target?: string;
  readonly sha256?: string;
}

const SELINUX = "security.selinux";

export function fileTypeOf(entry: TreeEntry): FileType {
  switch (entry.mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case 0o040000:
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

export function isRegular(entry: TreeEntry): boolean {
  return (entry.mode & S_IFMT) === S_IFREG;
}

export function isSymlink(entry: TreeEntry): boolean {
  return (entry.mode & S_IFMT) === S_IFLNK;
}

/** Permission bits as four octal digits. */
export function modeText(entry: TreeEntry): string {
  return (entry.mode & 0o7777).toString(8).padStart(4, "0");
}

export function labelOf(xattrs: Xattrs | undefined): string | undefined {
  const value = xattrs?.get(SELINUX);
  return value === undefined ? undefined : Buffer.from(value).toString("latin1").replace(/\0+$/u, "");
}

/** Attributes other than the SELinux label, values in base64, sorted by name. */
export function otherXattrs(xattrs: Xattrs | undefined): Readonly<Record<string, string>> {
  const pairs = [...(xattrs ?? [])].filter(([name]) => name !== SELINUX).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(pairs.map(([name, value]) => [name, Buffer.from(value).toString("base64")]));
}

/** `major:minor`, Linux's encoding of dev_t. */
export function deviceText(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

/** Seconds and nanoseconds, `1700000000.000000000`. */
export function timeText(ns: bigint): string {
  const sign = ns < 0n ? "-" : "";
  const size = ns < 0n ? -ns : ns;
  return `${sign}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, "0")}`;
}

/** @param withTime gives `mtime` too */
export function stateOf(entry: TreeEntry, details: EntryDetails, withTime = false): FileState {
  const type = fileTypeOf(entry);
  const label = labelOf(details.xattrs);
  const xattrs = otherXattrs(details.xattrs);
  return {
    type,
    mode: modeText(entry),
    uid: entry.uid,
    gid: entry.gid,
    ...(type === "file" ? { size: entry.size } : {}),
    ...(details.sha256 === undefined ? {} : { sha256: details.sha256 }),
    ...(details.target === undefined ? {} : { target: details.target }),
    ...(type === "block-device" || type === "char-device" ? { device: deviceText(entry.rdev) } : {}),
    ...(label === undefined ? {} : { label }),
    ...(Object.keys(xattrs).length === 0 ? {} : { xattrs }),
    ...(withTime ? { mtime: timeText(entry.mtime) } : {}),
  };
}
