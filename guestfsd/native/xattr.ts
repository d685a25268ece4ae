/** Extended attributes through koffi: the l* calls (a final symbolic link is not followed) and the plain ones (it is). */
import koffi from "koffi";

import { textFromBytes } from "../../schemas/index.ts";
import { checked, lastErrno, SystemError } from "./errno.ts";
import { cString, type PathLike } from "./libc.ts";

const libc = koffi.load("libc.so.6");

type ListCall = (path: Uint8Array, list: Uint8Array | null, size: number) => number;
type GetCall = (path: Uint8Array, name: Uint8Array, value: Uint8Array | null, size: number) => number;
type SetCall = (path: Uint8Array, name: Uint8Array, value: Uint8Array, size: number, flags: number) => number;
type RemoveCall = (path: Uint8Array, name: Uint8Array) => number;

const list = (name: string): ListCall => libc.func(`int64_t ${name}(const void *path, void *list, size_t size)`);
const get = (name: string): GetCall =>
  libc.func(`int64_t ${name}(const void *path, const void *name, void *value, size_t size)`);
const set = (name: string): SetCall =>
  libc.func(`int ${name}(const void *path, const void *name, const void *value, size_t size, int flags)`);
const remove = (name: string): RemoveCall => libc.func(`int ${name}(const void *path, const void *name)`);

const llistxattrC = list("llistxattr");
const listxattrC = list("listxattr");
const lgetxattrC = get("lgetxattr");
const getxattrC = get("getxattr");
const lsetxattrC = set("lsetxattr");
const setxattrC = set("setxattr");
const lremovexattrC = remove("lremovexattr");
const removexattrC = remove("removexattr");

const ERANGE = 34;

/** Names of the attributes of a path. */
export const llistxattr = (path: PathLike): string[] => names(llistxattrC, "llistxattr", path);
export const listxattr = (path: PathLike): string[] => names(listxattrC, "listxattr", path);
/** Value of one attribute. */
export const lgetxattr = (path: PathLike, name: string): Uint8Array => value(lgetxattrC, "lgetxattr", path, name);
export const getxattr = (path: PathLike, name: string): Uint8Array => value(getxattrC, "getxattr", path, name);

/** Creates or replaces one attribute. */
export function lsetxattr(path: PathLike, name: string, value: Uint8Array): void {
  checked(lsetxattrC(cString(path), cString(name), value, value.length, 0), "lsetxattr");
}

export function setxattr(path: PathLike, name: string, value: Uint8Array): void {
  checked(setxattrC(cString(path), cString(name), value, value.length, 0), "setxattr");
}

export function lremovexattr(path: PathLike, name: string): void {
  checked(lremovexattrC(cString(path), cString(name)), "lremovexattr");
}

export function removexattr(path: PathLike, name: string): void {
  checked(removexattrC(cString(path), cString(name)), "removexattr");
}

function names(call: ListCall, syscall: string, path: PathLike): string[] {
  const target = cString(path);
  const bytes = sized(syscall, (buffer) => call(target, buffer, buffer?.length ?? 0));
  return bytes.length === 0 ? [] : textFromBytes(bytes.subarray(0, -1)).split("\0");
}

function value(call: GetCall, syscall: string, path: PathLike, name: string): Uint8Array {
  const target = cString(path);
  const attribute = cString(name);
  return sized(syscall, (buffer) => call(target, attribute, buffer, buffer?.length ?? 0));
}

/** Asks for the size, then for the bytes; again when they grew between. */
function sized(syscall: string, call: (buffer: Uint8Array | null) => number): Uint8Array {
  for (;;) {
    const size = checked(call(null), syscall);
    if (size === 0) return new Uint8Array();
    const buffer = new Uint8Array(size);
    const got = call(buffer);
    if (got !== -1) return buffer.subarray(0, got);
    const errno = lastErrno();
    if (errno !== ERANGE) throw new SystemError(errno, syscall);
  }
}
