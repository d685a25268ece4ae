/** Daemon side of schemas/actions/glob.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { glob as systemGlob } from "../native/glob.ts";

export const glob = {
  glob_expand({ pattern, directoryslash = true }, { sysroot }) {
    return sysroot.inside(() => systemGlob(pattern, directoryslash));
  },
} satisfies HandlersOf<typeof families.glob, Context>;
