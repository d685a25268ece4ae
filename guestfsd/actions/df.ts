/** Daemon side of schemas/actions/df.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const df = {
  df: (_args, { command }) => command.check(["df"]),
  df_h: (_args, { command }) => command.check(["df", "-h"]),
} satisfies HandlersOf<typeof families.df, Context>;
