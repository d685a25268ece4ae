/** glob(3) through koffi. */
import koffi from "koffi";

import { ActionError } from "../errors.ts";
import { cString } from "./libc.ts";
import { addressesAt, textAt } from "./memory.ts";

const libc = koffi.load("libc.so.6");
const globC: (pattern: Uint8Array, flags: number, onError: null, out: BigUint64Array) => number = libc.func(
  "int glob(const void *pattern, int flags, void *on_error, void *out)",
);
const globfree: (out: BigUint64Array) => void = libc.func("void globfree(void *out)");

const GLOB_MARK = 1 << 1;
const GLOB_BRACE = 1 << 10;
const GLOB_NOSPACE = 1;
const GLOB_NOMATCH = 3;
/** Words of a glob_t: its first is the number of paths, its second the array of them. */
const GLOB_T_WORDS = 9;

/**
 * Paths that match, sorted; braces are alternatives. Never expands a tilde: that would load code to look up users.
 *
 * @param markDirectories puts a slash behind directories
 */
export function glob(pattern: string, markDirectories: boolean): string[] {
  const out = new BigUint64Array(GLOB_T_WORDS);
  const status = globC(cString(pattern), GLOB_BRACE | (markDirectories ? GLOB_MARK : 0), null, out);
  try {
    if (status === GLOB_NOMATCH) return [];
    if (status === GLOB_NOSPACE) throw new ActionError(`${pattern}: Cannot allocate memory`, "ENOMEM");
    if (status !== 0) throw new ActionError(`${pattern}: read error`, "EIO");
    return addressesAt(out[1] ?? 0n, Number(out[0])).map((address) => textAt(address) ?? "");
  } finally {
    globfree(out);
  }
}
