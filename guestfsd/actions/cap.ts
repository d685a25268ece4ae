/** Daemon side of schemas/actions/cap.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, errnoCode } from "../errors.ts";
import { loadCap } from "../native/capability.ts";
import type { Address } from "../native/memory.ts";

export const cap = {
  cap_get_file({ path }, { sysroot }) {
    const lib = loadCap();
    const set = about(path, () => sysroot.inside(() => orNone(() => lib.cap_get_file(path))));
    if (set === undefined) return "";
    try {
      return about(path, () => lib.cap_to_text(set));
    } finally {
      lib.cap_free(set);
    }
  },

  cap_set_file({ path, cap }, { sysroot }) {
    const lib = loadCap();
    const set = about(cap, () => lib.cap_from_text(cap));
    try {
      about(path, () => {
        sysroot.inside(() => lib.cap_set_file(path, set));
      });
    } finally {
      lib.cap_free(set);
    }
  },
} satisfies HandlersOf<typeof families.cap, Context>;

/** Undefined for a file that has no capabilities. */
function orNone(get: () => Address): Address | undefined {
  try {
    return get();
  } catch (error) {
    if (errnoCode(error) === "ENODATA") return undefined;
    throw error;
  }
}
