/**
 * A directory of the guest for an appliance program that must see the appliance's /proc or devices and so cannot be rooted in
 * the guest: it is opened with the guest as root, and its real path is handed on, in which no symbolic link is left.
 */
import { constants, readlinkSync } from "node:fs";

import { textFromBytes } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { about } from "./errors.ts";
import { closeQuietly, O_PATH, open } from "./native/libc.ts";

/** The directory stays open while `body` runs. @throws ActionError ENOENT, ENOTDIR, ELOOP */
export function withGuestDirectory<T>(sysroot: Sysroot, path: string, body: (appliancePath: string) => T): T {
  const fd = about(path, () => sysroot.inside(() => open(path, O_PATH | constants.O_DIRECTORY)));
  try {
    return body(textFromBytes(readlinkSync(`/proc/self/fd/${fd}`, { encoding: "buffer" })));
  } finally {
    closeQuietly(fd);
  }
}
