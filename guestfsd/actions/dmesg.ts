/** Daemon side of schemas/actions/dmesg.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const dmesg = {
  dmesg: (_args, { command }) => command.check(["dmesg"]),
} satisfies HandlersOf<typeof families.dmesg, Context>;
