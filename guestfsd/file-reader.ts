/**
 * Reading files and devices in large pieces. A file of the guest is opened inside the guest and read outside: a descriptor
 * needs no path. Opens nothing but regular files for a guest path, since a pipe would block the daemon and a device node
 * there is a device of the appliance.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { textFromBytes } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { about, ActionError, failure } from "./errors.ts";
import { fsPath } from "./file-name.ts";
import { closeQuietly, O_PATH, open } from "./native/libc.ts";

const PIECE = 1024 * 1024;
const SMALL = 4096;

/** Opens a regular file of the guest for reading; symbolic links are followed inside the guest. */
export function openFile(sysroot: Sysroot, path: string): number {
  return sysroot.inside(() => openHere(path));
}

/** As openFile, where the guest is the root already. */
export function openHere(path: string | Buffer, moreFlags = 0): number {
  const fd = openSync(
    typeof path === "string" ? fsPath(path) : path,
    constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | moreFlags,
  );
  const stats = fstatSync(fd);
  if (stats.isFile()) return fd;
  closeSync(fd);
  if (stats.isDirectory()) throw failure(textOf(path), "EISDIR");
  throw new ActionError(`${textOf(path)}: not a regular file`, "EINVAL");
}

/**
 * Opens a regular file for reading that is below an open directory. No symbolic link is followed, neither the last nor on the way.
 *
 * @throws an error of the system: ENOENT, ENOTDIR or ELOOP where a name is not what it has to be
 */
export function openBelow(directory: number, path: string): number {
  const names = path.split("/").filter((name) => name !== "");
  if (names.some((name) => name === "." || name === "..")) throw failure(path, "EINVAL");
  const last = names.pop() ?? ".";
  const opened: number[] = [];
  try {
    let parent = directory;
    for (const name of names) {
      parent = open(`/proc/self/fd/${parent}/${name}`, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      opened.push(parent);
    }
    return openHere(`/proc/self/fd/${parent}/${last}`, constants.O_NOFOLLOW);
  } finally {
    for (const fd of opened) closeQuietly(fd);
  }
}

const textOf = (path: string | Buffer): string => (typeof path === "string" ? path : textFromBytes(path));

/** Opens a regular file of the guest for the length of `body`, which may hand it down to a program as its input. */
export function withFile<T>(sysroot: Sysroot, path: string, body: (fd: number) => T): T {
  const fd = about(path, () => openFile(sysroot, path));
  try {
    return body(fd);
  } finally {
    closeSync(fd);
  }
}

/** Opens a device of the appliance, by its real name. */
export function openDevice(device: string): number {
  return openSync(device, constants.O_RDONLY);
}

/** All that can be read from a descriptor, piece by piece. A piece is valid until the next one. Closes the descriptor. */
export function* pieces(fd: number): Generator<Buffer> {
  // A page more than the file: its end is then seen by the first read. A device has no size here.
  const { size: sizeBytes } = fstatSync(fd);
  const buffer = Buffer.allocUnsafe(sizeBytes === 0 ? PIECE : Math.min(PIECE, sizeBytes + SMALL));
  try {
    for (let size = readSync(fd, buffer); size > 0; size = readSync(fd, buffer)) yield buffer.subarray(0, size);
  } finally {
    closeSync(fd);
  }
}
