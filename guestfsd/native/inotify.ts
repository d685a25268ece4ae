/** inotify(7) through koffi. Thin: arguments and errors are the C function's own; events are read from the descriptor. */
import koffi from "koffi";

import { textFromBytes } from "../../schemas/index.ts";
import { checked } from "./errno.ts";
import { cString, type PathLike } from "./libc.ts";

const libc = koffi.load("libc.so.6");

const c: {
  readonly init1: (flags: number) => number;
  readonly addWatch: (fd: number, path: Uint8Array, mask: number) => number;
  readonly rmWatch: (fd: number, wd: number) => number;
} = {
  init1: libc.func("int inotify_init1(int flags)"),
  addWatch: libc.func("int inotify_add_watch(int fd, const void *path, uint32_t mask)"),
  rmWatch: libc.func("int inotify_rm_watch(int fd, int wd)"),
};

const IN_NONBLOCK = 0x800;
const IN_CLOEXEC = 0x80000;

/** Size of the fixed part of an event, which the name follows. */
const EVENT_SIZE = 16;

export interface InotifyEvent {
  readonly wd: number;
  readonly mask: number;
  readonly cookie: number;
  /** Name in the watched directory, "" for the watched object itself. */
  readonly name: string;
}

/** A descriptor that never blocks and is not inherited. */
export function inotify_init1(): number {
  return checked(c.init1(IN_NONBLOCK | IN_CLOEXEC), "inotify_init1");
}

/** @returns the watch descriptor */
export function inotify_add_watch(fd: number, path: PathLike, mask: number): number {
  return checked(c.addWatch(fd, cString(path), mask), "inotify_add_watch");
}

export function inotify_rm_watch(fd: number, wd: number): void {
  checked(c.rmWatch(fd, wd), "inotify_rm_watch");
}

/** Takes apart what one read(2) gave: `wd:i32 mask:u32 cookie:u32 length:u32 | name, NULs up to length`, repeated. */
export function parseEvents(bytes: Uint8Array): InotifyEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events: InotifyEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 12, true);
    const name = bytes.subarray(at + EVENT_SIZE, at + EVENT_SIZE + length);
    const end = name.indexOf(0);
    events.push({
      wd: view.getInt32(at, true),
      mask: view.getUint32(at + 4, true),
      cookie: view.getUint32(at + 8, true),
      name: textFromBytes(end === -1 ? name : name.subarray(0, end)),
    });
    at += EVENT_SIZE + length;
  }
  return events;
}
