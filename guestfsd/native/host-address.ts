/** getaddrinfo(3) and getnameinfo(3) through koffi: Node's own lookups are asynchronous. */
import koffi from "koffi";

import { cString } from "./libc.ts";
import { bytesAt, textAt, type Address } from "./memory.ts";

const libc = koffi.load("libc.so.6");

const c: {
  readonly getaddrinfo: (host: Uint8Array, service: null, hints: Uint8Array, found: BigUint64Array) => number;
  readonly freeaddrinfo: (found: bigint) => void;
  readonly getnameinfo: (
    address: Uint8Array,
    length: number,
    host: Uint8Array,
    hostSize: number,
    service: null,
    serviceSize: number,
    flags: number,
  ) => number;
  readonly gaiStrerror: (code: number) => Address;
} = {
  getaddrinfo: libc.func("int getaddrinfo(const void *host, const void *service, const void *hints, void *found)"),
  freeaddrinfo: libc.func("void freeaddrinfo(uintptr_t found)"),
  getnameinfo: libc.func(
    "int getnameinfo(const void *address, uint32_t length, void *host, uint32_t hostSize, void *service, uint32_t serviceSize, int flags)",
  ),
  gaiStrerror: libc.func("uintptr_t gai_strerror(int code)"),
};

// struct addrinfo on x86-64: flags, family, socktype, protocol and addrlen of 4 bytes each, then at 24 the address.
const ADDRINFO_SIZE = 48;
const SOCKTYPE_AT = 8;
const ADDRLEN_AT = 16;
const ADDRESS_AT = 24;
const SOCK_STREAM = 1;
const NI_NUMERICHOST = 1;
const NI_MAXHOST = 1025;

/**
 * The first address of a host, as text without brackets.
 *
 * @throws Error with getaddrinfo's own text: "Name or service not known"
 */
export function addressOf(host: string): string {
  const hints = new Uint8Array(ADDRINFO_SIZE);
  hints[SOCKTYPE_AT] = SOCK_STREAM;
  const found = new BigUint64Array(1);
  succeeded(c.getaddrinfo(cString(host), null, hints, found));
  const list = found[0] ?? 0n;
  try {
    const first = new DataView(bytesAt(list, ADDRINFO_SIZE).buffer);
    const length = first.getUint32(ADDRLEN_AT, true);
    const address = bytesAt(first.getBigUint64(ADDRESS_AT, true), length);
    const name = new Uint8Array(NI_MAXHOST);
    succeeded(c.getnameinfo(address, length, name, name.length, null, 0, NI_NUMERICHOST));
    return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
  } finally {
    c.freeaddrinfo(list);
  }
}

function succeeded(code: number): void {
  if (code !== 0) throw new Error(textAt(c.gaiStrerror(code)) ?? `error ${code}`);
}
