/**
 * The appliance's name for a place in the guest, for programs and system calls that must have it from outside (mount
 * points of btrfs and xfs tools). Resolved with the guest as root, so the result holds no symbolic link and cannot lead
 * out; nothing of the guest runs in between that could change it.
 */
import { realpathSync } from "node:fs";

import { bytesFromText, textFromBytes } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { about, failure } from "./errors.ts";

/** @throws ActionError ENOENT, ENOTDIR, ELOOP */
export function outerPath(sysroot: Sysroot, path: string): string {
  const resolved = about(path, () => sysroot.inside(() => canonical(path)));
  return resolved === "/" ? sysroot.path : sysroot.path + resolved;
}

/**
 * As outerPath, for a name that need not exist yet: its folder is resolved, its last part is not.
 *
 * @throws ActionError as outerPath; EINVAL when the last part is no name
 */
export function outerNewPath(sysroot: Sysroot, path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const cut = trimmed.lastIndexOf("/");
  if (["", ".", ".."].includes(trimmed.slice(cut + 1))) throw failure(path, "EINVAL");
  return `${outerPath(sysroot, trimmed.slice(0, cut) || "/")}/${trimmed.slice(cut + 1)}`;
}

function canonical(path: string): string {
  return textFromBytes(realpathSync.native(Buffer.from(bytesFromText(path)), { encoding: "buffer" }));
}
