/** Daemon side of schemas/actions/umask.ts. The mask is the daemon thread's own (sysroot.ts unshares it), so libc sets it. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { umask as setUmask } from "../native/libc.ts";

const ALL = 0o777;

export const umask = {
  umask({ mask }) {
    if (mask < 0 || mask > ALL)
      throw new ActionError(`0${(mask >>> 0).toString(8)}: mask negative or out of range`, "EINVAL");
    return setUmask(mask);
  },

  get_umask() {
    // There is no call that only asks.
    const mask = setUmask(0o022);
    setUmask(mask);
    return mask;
  },
} satisfies HandlersOf<typeof families.umask, Context>;
