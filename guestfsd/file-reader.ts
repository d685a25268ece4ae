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

const PIECE = 1024 * 1024;
const SMALL = 4096;

/** Opens a regular file of the guest for reading; symbolic links are followed inside the guest. */
export function openFile(sysroot: Sysroot, path: string): number {
  return sysroot.inside(() => openHere(path));
}

/** As openFile, where the guest is the root already. */
export function openHere(path: string | Buffer): number {
  const fd = openSync(
    typeof path === "string" ? fsPath(path) : path,
    constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
  );
  const stats = fstatSync(fd);
  if (stats.isFile()) return fd;
  closeSync(fd);
  if (stats.isDirectory()) throw failure(textOf(path), "EISDIR");
  throw new ActionError(`${textOf(path)}: not a regular file`, "EINVAL");
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
