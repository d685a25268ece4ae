/** Daemon side of schemas/actions/inotify.ts. The one descriptor is kept under "inotify". */
import { closeSync, readSync, writeFileSync } from "node:fs";

import { GUESTFS_MESSAGE_MAX, type families, type HandlersOf, type StructOf } from "../../schemas/index.ts";
import type { Context, Kept } from "../context.ts";
import { about, ActionError, errnoCode } from "../errors.ts";
import { compareBytes } from "../file-name.ts";
import { inotify_add_watch, inotify_init1, inotify_rm_watch, parseEvents } from "../native/inotify.ts";

type Event = StructOf<"inotify_event">;

const KEPT = "inotify";
const QUEUE_LIMIT = "/proc/sys/fs/inotify/max_queued_events";
const READ_SIZE = 64 * 1024;
/** What is read for one reply: an event takes at most a quarter more in it than in the kernel's form. */
const EVENTS_BYTES = GUESTFS_MESSAGE_MAX / 2;

class InotifyHandle implements Kept {
  readonly ofGuest = false;
  readonly fd = inotify_init1();

  close(): void {
    closeSync(this.fd);
  }
}

export const inotify = {
  inotify_init({ maxevents }, { sysroot, kept }) {
    sysroot.requireMounted();
    if (maxevents < 0) throw new ActionError(`maxevents: ${maxevents} is negative`, "EINVAL");
    if (maxevents > 0) about(QUEUE_LIMIT, () => writeFileSync(QUEUE_LIMIT, `${maxevents}\n`));
    close(kept);
    kept.set(KEPT, new InotifyHandle());
  },

  inotify_close(_args, context) {
    current(context);
    close(context.kept);
  },

  inotify_add_watch({ path, mask }, context) {
    const { fd } = current(context);
    return about(path, () => BigInt(context.sysroot.inside(() => inotify_add_watch(fd, path, mask >>> 0))));
  },

  inotify_rm_watch({ wd }, context) {
    const { fd } = current(context);
    about(String(wd), () => inotify_rm_watch(fd, wd));
  },

  inotify_read(_args, context) {
    return readEvents(current(context));
  },

  inotify_files(_args, context) {
    const handle = current(context);
    const names = new Set<string>();
    for (let events = readEvents(handle); events.length > 0; events = readEvents(handle)) {
      for (const { in_name } of events) if (in_name !== "") names.add(in_name);
    }
    return [...names].sort(compareBytes);
  },
} satisfies HandlersOf<typeof families.inotify, Context>;

function current({ kept }: Context): InotifyHandle {
  const handle = kept.get(KEPT);
  if (handle instanceof InotifyHandle) return handle;
  throw new ActionError("you must call 'inotify_init' first to initialize inotify");
}

function close(kept: Context["kept"]): void {
  kept.get(KEPT)?.close();
  kept.delete(KEPT);
}

/** What is queued, as much as fits in a reply. */
function readEvents({ fd }: InotifyHandle): Event[] {
  const events: Event[] = [];
  for (let size = 0; size < EVENTS_BYTES;) {
    const bytes = readQueue(fd);
    if (bytes.length === 0) break;
    size += bytes.length;
    for (const { wd, mask, cookie, name } of parseEvents(bytes)) {
      events.push({ in_wd: BigInt(wd), in_mask: mask, in_cookie: cookie, in_name: name });
    }
  }
  return events;
}

/** Whole events, as many as the kernel puts in one buffer; nothing when the queue is empty. */
function readQueue(fd: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
  try {
    return buffer.subarray(0, readSync(fd, buffer));
  } catch (error) {
    if (errnoCode(error) === "EAGAIN") return new Uint8Array();
    throw error;
  }
}
