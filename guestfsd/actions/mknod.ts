/** Daemon side of schemas/actions/mknod.ts. */
import { constants } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { mknod as systemMknod } from "../native/libc.ts";

const PERMISSIONS = 0o7777;

interface Node {
  readonly path: string;
  readonly mode: number;
  readonly devmajor?: number;
  readonly devminor?: number;
}

export const mknod = {
  mknod: (node, { sysroot }) => make(sysroot, node, 0),
  mkfifo: (node, { sysroot }) => make(sysroot, node, constants.S_IFIFO),
  mknod_b: (node, { sysroot }) => make(sysroot, node, constants.S_IFBLK),
  mknod_c: (node, { sysroot }) => make(sysroot, node, constants.S_IFCHR),
} satisfies HandlersOf<typeof families.mknod, Context>;

function make(sysroot: Sysroot, { path, mode, devmajor = 0, devminor = 0 }: Node, type: number): undefined {
  // Of mknod alone the mode says the type of the node, too.
  if (mode < 0 || (type !== 0 && (mode & ~PERMISSIONS) !== 0)) {
    throw new ActionError(`0${(mode >>> 0).toString(8)}: mode must specify only file permission bits`, "EINVAL");
  }
  if (devmajor < 0 || devminor < 0) throw failure(path, "EINVAL");
  about(path, () => sysroot.inside(() => systemMknod(path, mode | type, devmajor, devminor)));
}
