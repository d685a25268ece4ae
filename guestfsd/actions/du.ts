/** Daemon side of schemas/actions/du.ts: the appliance's du with the guest as its root. */
import { lstatSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";

export const du = {
  du({ path }, { sysroot, command }) {
    about(path, () => sysroot.inside(() => lstatSync(fsPath(path))));
    const output = command.check(["du", "-sk", "--", path], { root: "walk" });
    const size = /^\d+/.exec(output)?.[0];
    if (size === undefined) throw new ActionError(`${path}: du said '${output.trim()}'`);
    return BigInt(size);
  },
} satisfies HandlersOf<typeof families.du, Context>;
