/** Daemon side of schemas/actions/zerofree.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const zerofree = {
  zerofree({ device }, { command }) {
    command.check(["zerofree", device]);
  },
} satisfies HandlersOf<typeof families.zerofree, Context>;
