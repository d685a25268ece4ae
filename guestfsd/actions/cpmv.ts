/** Daemon side of schemas/actions/cpmv.ts: the appliance's cp and mv with the guest as their root. */
import { statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";

interface Names {
  readonly src: string;
  readonly dest: string;
}

export const cpmv = {
  cp(names, context) {
    refuseEndless(names.src, context);
    return run(["cp"], names, context);
  },

  cp_a: (names, context) => run(["cp", "-a"], names, context),
  cp_r: (names, context) => run(["cp", "-rP"], names, context),
  mv: (names, context) => run(["mv", "-f"], names, context),
} satisfies HandlersOf<typeof families.cpmv, Context>;

/** cp reads what a FIFO or a device gives, without end; recursive copies make such a file anew instead. */
function refuseEndless(src: string, { sysroot }: Context): void {
  const stat = about(src, () => sysroot.inside(() => statSync(fsPath(src))));
  if (!stat.isFile() && !stat.isDirectory()) throw new ActionError(`${src}: not a regular file`, "EINVAL");
}

function run(command: readonly string[], { src, dest }: Names, context: Context): undefined {
  context.command.check([...command, "--", src, dest], { root: "walk" });
}
