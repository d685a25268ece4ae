/** libcap through koffi, by its own function names. Which root a call runs in is actions/cap.ts's matter. */
import koffi from "koffi";

import { lastErrno, SystemError } from "./errno.ts";
import { cString, type PathLike } from "./libc.ts";
import { present, textAt, type Address } from "./memory.ts";

/** Every failed function throws SystemError. @throws Error when the appliance has no libcap */
export function loadCap() {
  const lib = koffi.load("libcap.so.2");
  const c: {
    readonly getFile: (path: Uint8Array) => Address;
    readonly setFile: (path: Uint8Array, cap: Address) => number;
    readonly fromText: (text: Uint8Array) => Address;
    readonly toText: (cap: Address, length: null) => Address;
    readonly free: (memory: Address) => number;
  } = {
    getFile: lib.func("uintptr_t cap_get_file(const void *path)"),
    setFile: lib.func("int cap_set_file(const void *path, uintptr_t cap)"),
    fromText: lib.func("uintptr_t cap_from_text(const void *text)"),
    toText: lib.func("uintptr_t cap_to_text(uintptr_t cap, void *length)"),
    free: lib.func("int cap_free(uintptr_t memory)"),
  };

  return {
    cap_get_file: (path: PathLike): Address => present(c.getFile(cString(path)), "cap_get_file"),

    cap_set_file(path: PathLike, cap: Address): void {
      if (c.setFile(cString(path), cap) !== 0) throw new SystemError(lastErrno(), "cap_set_file");
    },

    cap_from_text: (text: string): Address => present(c.fromText(cString(text)), "cap_from_text"),

    cap_to_text(cap: Address): string {
      const address = present(c.toText(cap, null), "cap_to_text");
      const text = textAt(address) ?? "";
      c.free(address);
      return text;
    },

    cap_free(cap: Address): void {
      c.free(cap);
    },
  };
}
