/**
 * For programs of the appliance that write files of fixed names below a directory of the guest and would follow a symbolic link
 * there, out of the guest: they are started only where there is none.
 */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { bytesFromText } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { about, failure } from "./errors.ts";

/**
 * Looks at names below a directory and, where one is a directory, at all that it holds directly.
 *
 * @param directory guest path
 * @throws ActionError ELOOP that names the link; ENOTDIR
 */
export function refuseLinks(sysroot: Sysroot, directory: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(directory, name);
    const held = about(path, () => sysroot.inside(() => look(path)));
    for (const inside of held) {
      const below = join(path, inside);
      about(below, () => sysroot.inside(() => look(below)));
    }
  }
}

/** Names in a directory, none for what is no directory or not there. */
function look(path: string): readonly string[] {
  const bytes = Buffer.from(bytesFromText(path));
  const stat = lstatSync(bytes, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink() === true) throw failure(path, "ELOOP");
  return stat?.isDirectory() === true ? readdirSync(bytes) : [];
}
