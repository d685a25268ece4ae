/** Daemon side of schemas/actions/sleep.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";

const SECOND_MS = 1000;

export const sleep = {
  sleep({ secs }) {
    if (secs < 0) throw new ActionError(`${secs}: number of seconds is negative`, "EINVAL");
    // Nobody changes the value: the wait ends with its time.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, secs * SECOND_MS);
  },
} satisfies HandlersOf<typeof families.sleep, Context>;
