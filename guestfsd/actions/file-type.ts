/** Daemon side of schemas/actions/file-type.ts: the appliance's file(1) on what is opened in the guest. */
import { lstatSync, type Stats } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { withFile } from "../file-reader.ts";

/** gzip unpacks what compress(1) packed. */
const UNPACK: Readonly<Record<string, readonly string[]>> = {
  gzip: ["gzip", "-dcq"],
  compress: ["gzip", "-dcq"],
  bzip2: ["bzip2", "-dcq"],
};

export const fileType = {
  file({ path }, { sysroot, command, devices }) {
    // -s: read devices; -z: look into compressed files.
    if (devices.isDevice(path)) return command.check(["file", "-bsLz", path]).trimEnd();
    const kind = kindOf(about(path, () => sysroot.inside(() => lstatSync(fsPath(path)))));
    if (kind !== undefined) return kind;
    return withFile(sysroot, path, (fd) => command.check(["file", "-bz", "-"], { fds: { 0: fd } })).trimEnd();
  },

  zfile({ meth, path }, { sysroot, command }) {
    const unpack = Object.hasOwn(UNPACK, meth) ? UNPACK[meth] : undefined;
    if (unpack === undefined) throw new ActionError(`${meth}: unknown method`, "EINVAL");
    return withFile(sysroot, path, (fd) =>
      command.check(["file", "-b", "-"], { stdin: command.stream(unpack, { fds: { 0: fd } }) }),
    ).trimEnd();
  },
} satisfies HandlersOf<(typeof families)["file-type"], Context>;

/** For everything but a regular file. Nothing of it is opened. */
function kindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symbolic link";
  if (stats.isFIFO()) return "FIFO";
  if (stats.isSocket()) return "socket";
  return stats.isBlockDevice() ? "block device" : "character device";
}
