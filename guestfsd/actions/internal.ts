/** Daemon side of schemas/actions/internal.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const internal = {
  ping_daemon: () => undefined,
  echo_daemon: ({ words }) => words.join(" "),
} satisfies HandlersOf<typeof families.internal, Context>;
