/**
 * Keeps other programs away from an image in the way qemu does: locks on single bytes of the file say what a program does
 * with it (byte 100 + n) and what it does not want others to do (byte 200 + n), n as in PERMISSION. So a running VM, one
 * that has the image as a backing file, and qemu-img are seen, and see us. Nothing is known of programs without such locks.
 */
import { open, readdir, readlink, realpath } from "node:fs/promises";

import { errnoOf } from "./errors.ts";
import { loadFileControl, type ByteRange, type FileControl } from "./file-control.ts";
import { ImageError } from "./image-error.ts";
import { commandOf } from "./process-identity.ts";

export interface ImageHold extends AsyncDisposable {
  /** Lets others use the image again. Idempotent. */
  release(): Promise<void>;
}

const PERMISSION = { consistentRead: 0, write: 1, writeUnchanged: 2, resize: 3 } as const;
const DOES = 100;
const REFUSES = 200;
const HOLDERS_SHOWN = 3;

/**
 * Takes an image for writing, for itself alone.
 *
 * @param path symbolic links resolved
 * @throws ImageError in-use, with the programs that use it where they can be seen
 */
export async function holdImage(path: string): Promise<ImageHold> {
  const { consistentRead, write, resize } = PERMISSION;
  const doing = [consistentRead, write, resize];
  return await hold(path, (control, fd) => {
    for (const permission of doing) control.lockForReading(fd, byte(DOES + permission));
    for (const permission of Object.values(PERMISSION)) control.lockForReading(fd, byte(REFUSES + permission));
    const others = [
      ...doing.map((permission) => REFUSES + permission),
      ...Object.values(PERMISSION).map((permission) => DOES + permission),
    ];
    return others.some((at) => control.isLocked(fd, byte(at)));
  });
}

/**
 * Looks whether an image can be used now, and holds nothing.
 *
 * @param use `read`: others may read it too; `write`: none may use it
 * @throws as holdImage()
 */
export async function checkFree(path: string, use: "read" | "write"): Promise<void> {
  const found = use === "write" ? await holdImage(path) : await holdForReading(path);
  await found.release();
}

/** @throws ImageError in-use when another program writes to the image, or lets nobody read it */
async function holdForReading(path: string): Promise<ImageHold> {
  const { consistentRead, write, resize } = PERMISSION;
  const others = [REFUSES + consistentRead, DOES + write, DOES + resize];
  return await hold(path, (control, fd) => others.some((at) => control.isLocked(fd, byte(at))));
}

/** @param conflicts takes the locks; true when another program's are in the way */
async function hold(path: string, conflicts: (control: FileControl, fd: number) => boolean): Promise<ImageHold> {
  const file = await open(path, "r");
  let isOpen = true;
  const release = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  try {
    const control = await loadFileControl();
    if (!inTheWay(() => conflicts(control, file.fd))) return { release, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  const users = await findUsers(path);
  const who = users.length === 0 ? "another program (a running VM?)" : users.slice(0, HOLDERS_SHOWN).join(", ");
  throw new ImageError("in-use", path, `is in use by ${who}`);
}

/** Where a filesystem has no such locks, qemu goes on without, and so do we. */
function inTheWay(conflicts: () => boolean): boolean {
  try {
    return conflicts();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "EAGAIN" || errno === "EACCES") return true;
    if (["EINVAL", "ENOLCK", "EOPNOTSUPP", "ENOSYS"].includes(errno)) return false;
    throw error;
  }
}

function byte(start: number): ByteRange {
  return { start, length: 1 };
}

/** `process N (COMMAND)` of the other processes that have the file open, as far as they can be seen. */
async function findUsers(path: string): Promise<string[]> {
  const real = await realpath(path);
  const users: string[] = [];
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name) && name !== String(process.pid));
  for (const number of numbers) {
    const files = await readdir(`/proc/${number}/fd`).catch(() => []);
    for (const file of files) {
      if ((await readlink(`/proc/${number}/fd/${file}`).catch(() => "")) !== real) continue;
      users.push(`process ${number} (${commandOf(Number(number))})`);
      break;
    }
  }
  return users;
}
