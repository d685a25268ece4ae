/**
 * A directory or file of the guest for an appliance program that must see the appliance's /proc or devices and so cannot be
 * rooted in the guest: it is opened with the guest as root, and its real path is handed on, in which no symbolic link is left.
 * What the program opens below it is its own affair: one that follows links there may not have it.
 */
import { constants, readlinkSync } from "node:fs";

import { textFromBytes } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { about } from "./errors.ts";
import { closeQuietly, O_PATH, open } from "./native/libc.ts";

/** The directory stays open while `body` runs. @throws ActionError ENOENT, ENOTDIR, ELOOP */
export function withGuestDirectory<T>(sysroot: Sysroot, path: string, body: (appliancePath: string) => T): T {
  return withOpened(sysroot, path, constants.O_DIRECTORY, body);
}

/** The same for a file of any type. @throws ActionError ENOENT, ENOTDIR, ELOOP */
export function withGuestPath<T>(sysroot: Sysroot, path: string, body: (appliancePath: string) => T): T {
  return withOpened(sysroot, path, 0, body);
}

function withOpened<T>(sysroot: Sysroot, path: string, flags: number, body: (appliancePath: string) => T): T {
  const fd = about(path, () => sysroot.inside(() => open(path, O_PATH | flags)));
  try {
    return body(textFromBytes(readlinkSync(`/proc/self/fd/${fd}`, { encoding: "buffer" })));
  } finally {
    closeQuietly(fd);
  }
}
