/** Daemon side of schemas/actions/cpio.ts: the appliance's cpio with the guest as its root. */
import { statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { TreeWalk } from "../tree-walk.ts";

const FORMATS: readonly string[] = ["newc", "crc"];
const END_OF_NAME = Buffer.from([0]);

export const cpio = {
  cpio_out({ directory, format = "newc" }, { sysroot, command }) {
    if (!directory.startsWith("/")) throw new ActionError(`${directory}: path must start with a / character`, "EINVAL");
    if (!FORMATS.includes(format)) throw new ActionError(`${format}: format must be 'newc' or 'crc'`, "EINVAL");
    sysroot.requireMounted();
    const isDirectory = about(directory, () => sysroot.inside(() => statSync(fsPath(directory)).isDirectory()));
    if (!isDirectory) throw failure(directory, "ENOTDIR");
    const argv = ["cpio", "--create", "--quiet", "--null", `--format=${format}`, "-D", directory];
    return command.stream(argv, { root: "walk", stdin: names(sysroot, directory) });
  },
} satisfies HandlersOf<typeof families.cpio, Context>;

/** The directory itself, then what is below it. */
function* names(sysroot: Sysroot, directory: string): Generator<Uint8Array> {
  yield Buffer.from(".\0");
  const walk = new TreeWalk(sysroot, directory);
  while (!walk.done) {
    const entries = about(directory, () => walk.next());
    if (entries.length > 0) yield Buffer.concat(entries.flatMap(({ path }) => [path, END_OF_NAME]));
  }
}
