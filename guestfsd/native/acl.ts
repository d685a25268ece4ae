/** libacl through koffi, by its own function names. Which root a call runs in is actions/acl.ts's matter. */
import koffi from "koffi";

import { lastErrno, SystemError } from "./errno.ts";
import { cString, type PathLike } from "./libc.ts";
import { present, textAt, type Address } from "./memory.ts";

export const ACL_TYPE_ACCESS = 0x8000;
export const ACL_TYPE_DEFAULT = 0x4000;

export type AclLibrary = ReturnType<typeof loadAcl>;

/** Every failed function throws SystemError. @throws Error when the appliance has no libacl */
export function loadAcl() {
  const lib = koffi.load("libacl.so.1");
  const c: {
    readonly getFile: (path: Uint8Array, type: number) => Address;
    readonly setFile: (path: Uint8Array, type: number, acl: Address) => number;
    readonly deleteDefFile: (path: Uint8Array) => number;
    readonly fromText: (text: Uint8Array) => Address;
    readonly toText: (acl: Address, length: null) => Address;
    readonly free: (memory: Address) => number;
  } = {
    getFile: lib.func("uintptr_t acl_get_file(const void *path, int type)"),
    setFile: lib.func("int acl_set_file(const void *path, int type, uintptr_t acl)"),
    deleteDefFile: lib.func("int acl_delete_def_file(const void *path)"),
    fromText: lib.func("uintptr_t acl_from_text(const void *text)"),
    toText: lib.func("uintptr_t acl_to_text(uintptr_t acl, void *length)"),
    free: lib.func("int acl_free(uintptr_t memory)"),
  };

  return {
    acl_get_file: (path: PathLike, type: number): Address => present(c.getFile(cString(path), type), "acl_get_file"),

    acl_set_file(path: PathLike, type: number, acl: Address): void {
      if (c.setFile(cString(path), type, acl) !== 0) throw new SystemError(lastErrno(), "acl_set_file");
    },

    acl_delete_def_file(path: PathLike): void {
      if (c.deleteDefFile(cString(path)) !== 0) throw new SystemError(lastErrno(), "acl_delete_def_file");
    },

    acl_from_text: (text: string): Address => present(c.fromText(cString(text)), "acl_from_text"),

    acl_to_text(acl: Address): string {
      const address = present(c.toText(acl, null), "acl_to_text");
      const text = textAt(address) ?? "";
      c.free(address);
      return text;
    },

    acl_free(acl: Address): void {
      c.free(acl);
    },
  };
}
