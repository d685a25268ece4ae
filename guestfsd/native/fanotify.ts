/**
 * fanotify(7) and file handles through koffi, for watching whole filesystems. Thin: arguments and errors are the C function's
 * own; events are read from the descriptor and taken apart by parseEvents.
 */
import koffi from "koffi";

import { checked } from "./errno.ts";
import { cString, type PathLike } from "./libc.ts";

const libc = koffi.load("libc.so.6");

const c: {
  readonly init: (flags: number, eventFlags: number) => number;
  readonly mark: (fd: number, flags: number, mask: bigint, dir: number, path: Uint8Array) => number;
  readonly openByHandle: (mount: number, handle: Uint8Array, flags: number) => number;
} = {
  init: libc.func("int fanotify_init(unsigned int flags, unsigned int event_f_flags)"),
  mark: libc.func("int fanotify_mark(int fd, unsigned int flags, uint64_t mask, int dir, const void *path)"),
  openByHandle: libc.func("int open_by_handle_at(int mount, void *handle, int flags)"),
};

export const FAN_MODIFY = 0x2;
export const FAN_ATTRIB = 0x4;
export const FAN_CLOSE_WRITE = 0x8;
export const FAN_MOVED_FROM = 0x40;
export const FAN_MOVED_TO = 0x80;
export const FAN_CREATE = 0x100;
export const FAN_DELETE = 0x200;
export const FAN_Q_OVERFLOW = 0x4000;
export const FAN_ONDIR = 0x40000000;

const FAN_CLOEXEC = 0x1;
const FAN_NONBLOCK = 0x2;
const FAN_UNLIMITED_QUEUE = 0x10;
/** Directory, name in it, and the file itself (Linux 5.17). */
const FAN_REPORT_DFID_NAME_TARGET = 0x200 | 0x400 | 0x800 | 0x1000;
const FAN_MARK_ADD = 0x1;
const FAN_MARK_FILESYSTEM = 0x100;
const AT_FDCWD = -100;

const INFO_FID = 1;
const INFO_DFID_NAME = 2;
const INFO_DFID = 3;
const METADATA_SIZE = 24;
const FSID_OFFSET = 4;
const HANDLE_OFFSET = 12;
const HANDLE_HEADER = 8;

/** What an event is about. `filesystem` and the handles are keys: the kernel's bytes, one character each. */
export interface FanotifyEvent {
  /** FAN_* bits; the kernel joins events of one kind that nobody has read yet. */
  readonly mask: number;
  readonly filesystem: string;
  /** Handle of the directory, and the name in it, "." for the directory itself. Absent where the kernel knows no name. */
  readonly entry?: { readonly directory: string; readonly name: string };
  /** Handle of the file itself. */
  readonly file?: string;
}

/** A descriptor for events of named files, of which none is lost while there is memory. */
export function fanotify_init(): number {
  const flags = FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_REPORT_DFID_NAME_TARGET;
  return checked(c.init(flags, 0), "fanotify_init");
}

/** Watches the whole filesystem that a path is on. */
export function fanotify_mark(fd: number, mask: number, path: PathLike): void {
  checked(c.mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, BigInt(mask), AT_FDCWD, cString(path)), "fanotify_mark");
}

/** Opens a file by a handle of an event. @param mount descriptor of any place of its filesystem */
export function open_by_handle_at(mount: number, handle: string, flags: number): number {
  return checked(c.openByHandle(mount, Buffer.from(handle, "latin1"), flags), "open_by_handle_at");
}

/**
 * Takes apart what one read(2) gave, all little-endian: `event_len:u32 vers:u8 reserved:u8 metadata_len:u16 mask:u64 fd:i32
 * pid:i32`, then records up to event_len: `type:u8 pad:u8 len:u16 | fsid:8 bytes | handle_bytes:u32 handle_type:i32 handle`,
 * and for a directory with a name that name, with a zero byte.
 */
export function* parseEvents(bytes: Buffer): Generator<FanotifyEvent> {
  for (let at = 0, length = 0; at + METADATA_SIZE <= bytes.length; at += length) {
    length = bytes.readUInt32LE(at);
    const mask = bytes.readUInt32LE(at + 8);
    let event: FanotifyEvent = { mask, filesystem: "" };
    let record = at + bytes.readUInt16LE(at + 6);
    while (record < at + length) {
      event = withRecord(event, bytes, record);
      record += bytes.readUInt16LE(record + 2);
    }
    yield event;
  }
}

function withRecord(event: FanotifyEvent, bytes: Buffer, at: number): FanotifyEvent {
  const type = bytes.readUInt8(at);
  if (type !== INFO_FID && type !== INFO_DFID_NAME && type !== INFO_DFID) return event;
  const end = at + HANDLE_OFFSET + HANDLE_HEADER + bytes.readUInt32LE(at + HANDLE_OFFSET);
  const filesystem = bytes.toString("latin1", at + FSID_OFFSET, at + HANDLE_OFFSET);
  const handle = bytes.toString("latin1", at + HANDLE_OFFSET, end);
  if (type === INFO_FID) return { ...event, filesystem, file: handle };
  const name = type === INFO_DFID ? "." : bytes.toString("latin1", end, bytes.indexOf(0, end));
  return { ...event, filesystem, entry: { directory: handle, name } };
}

/** Key of a filesystem, as in events, from the fsid of statvfs(3). */
export function filesystemKey(fsid: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(fsid);
  return bytes.toString("latin1");
}
