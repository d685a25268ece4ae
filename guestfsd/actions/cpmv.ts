/** Daemon side of schemas/actions/cpmv.ts: the appliance's cp and mv with the guest as their root. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

interface Names {
  readonly src: string;
  readonly dest: string;
}

export const cpmv = {
  cp: (names, context) => run(["cp"], names, context),
  cp_a: (names, context) => run(["cp", "-a"], names, context),
  cp_r: (names, context) => run(["cp", "-rP"], names, context),
  mv: (names, context) => run(["mv", "-f"], names, context),
} satisfies HandlersOf<typeof families.cpmv, Context>;

function run(command: readonly string[], { src, dest }: Names, context: Context): undefined {
  context.command.check([...command, "--", src, dest], { root: "walk" });
}
