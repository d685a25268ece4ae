/** Daemon side of schemas/actions/internal.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const internal = {
  ping_daemon: () => undefined,
} satisfies HandlersOf<typeof families.internal, Context>;
