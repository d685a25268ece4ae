/** Reading C memory that a library gives: strings and arrays of them. Whose memory it is, and who frees it, the caller knows. */
import koffi from "koffi";

import { textFromBytes } from "../../schemas/index.ts";
import { lastErrno, SystemError } from "./errno.ts";

export type Address = number | bigint;

const libc = koffi.load("libc.so.6");
const strlen: (text: Address) => Address = libc.func("size_t strlen(uintptr_t text)");
const memcpy: (to: Uint8Array | BigUint64Array, from: Address, size: number) => void = libc.func(
  "void memcpy(void *to, uintptr_t from, size_t size)",
);
const freeC: (memory: Address) => void = libc.func("void free(uintptr_t memory)");

/** A C string, copied; null for a null pointer. */
export function textAt(address: Address): string | null {
  if (BigInt(address) === 0n) return null;
  return textFromBytes(bytesAt(address, Number(strlen(address))));
}

/** Bytes, copied. */
export function bytesAt(address: Address, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  if (size > 0) memcpy(bytes, address, size);
  return bytes;
}

/** The addresses in an array of pointers. */
export function addressesAt(array: Address, count: number): bigint[] {
  const addresses = new BigUint64Array(count);
  memcpy(addresses, array, addresses.byteLength);
  return [...addresses];
}

export function free(memory: Address): void {
  freeC(memory);
}

/** Passes an address through; a null pointer is thrown as the SystemError that the call left. */
export function present(address: Address, syscall: string): Address {
  if (BigInt(address) === 0n) throw new SystemError(lastErrno(), syscall);
  return address;
}
