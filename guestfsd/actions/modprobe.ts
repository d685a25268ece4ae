/** Daemon side of schemas/actions/modprobe.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const modprobe = {
  modprobe({ modulename }, { command }) {
    command.check(["modprobe", "--", modulename]);
  },
} satisfies HandlersOf<typeof families.modprobe, Context>;
