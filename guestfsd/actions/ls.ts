/** Daemon side of schemas/actions/ls.ts: the appliance's ls with the guest as its root. */
import { realpathSync } from "node:fs";

import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { fsPath } from "../file-name.ts";

export const ls = {
  ll: ({ directory }, context) => list("-lan", directory, context),
  llz: ({ directory }, context) => list("-lanZ", directory, context),
} satisfies HandlersOf<typeof families.ls, Context>;

function list(option: string, path: string, { sysroot, command }: Context): string {
  // ls itself would show a link to a directory, not what is in it.
  const real = about(path, () =>
    sysroot.inside(() => textFromBytes(realpathSync.native(fsPath(path), { encoding: "buffer" }))),
  );
  // Without a time zone it would read the guest's /etc/localtime.
  return command.check(["ls", option, "--", real], { root: "walk", env: { TZ: "UTC0" } });
}
