/** libselinux through koffi, by its own function names: the label of this process. Labels of files are in xattr.ts. */
import koffi from "koffi";

import { checked } from "./errno.ts";
import { cString } from "./libc.ts";
import { textAt, type Address } from "./memory.ts";

/** @throws Error when the appliance has no libselinux */
export function loadSelinux() {
  const lib = koffi.load("libselinux.so.1");
  const c: {
    readonly getcon: (context: BigUint64Array) => number;
    readonly setcon: (context: Uint8Array) => number;
    readonly freecon: (context: Address) => void;
  } = {
    getcon: lib.func("int getcon(void *context)"),
    setcon: lib.func("int setcon(const void *context)"),
    freecon: lib.func("void freecon(uintptr_t context)"),
  };

  return {
    /** @throws SystemError EINVAL where no security module labels processes */
    getcon(): string {
      const out = new BigUint64Array(1);
      checked(c.getcon(out), "getcon");
      const address = out[0] ?? 0n;
      const context = textAt(address) ?? "";
      c.freecon(address);
      return context;
    },

    /** @throws SystemError EINVAL for a label that the kernel does not take */
    setcon(context: string): void {
      checked(c.setcon(cString(context)), "setcon");
    },
  };
}
