/** One unix-domain connection, accepted synchronously: Node's sockets need the event loop. */
import koffi from "koffi";

import { bytesFromText } from "../../schemas/index.ts";
import { checked } from "./errno.ts";
import { closeQuietly } from "./libc.ts";

const libc = koffi.load("libc.so.6");
const socketC: (domain: number, type: number, protocol: number) => number = libc.func(
  "int socket(int domain, int type, int protocol)",
);
const bindC: (fd: number, address: Uint8Array, size: number) => number = libc.func(
  "int bind(int fd, const void *address, unsigned int size)",
);
const listenC: (fd: number, backlog: number) => number = libc.func("int listen(int fd, int backlog)");
const accept4C: (fd: number, address: null, size: null, flags: number) => number = libc.func(
  "int accept4(int fd, void *address, void *size, int flags)",
);

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0x80000;
const PATH_MAX = 107;

/**
 * Listens on a path, which must not exist, until somebody connects.
 *
 * @returns descriptor of the connection
 */
export function acceptOnce(path: string): number {
  const name = bytesFromText(path);
  // sockaddr_un: family:u16 | path, NUL-terminated
  const address = new Uint8Array(2 + PATH_MAX + 1);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name.subarray(0, PATH_MAX), 2);

  const listener = checked(socketC(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  try {
    checked(bindC(listener, address, address.length), "bind");
    checked(listenC(listener, 1), "listen");
    return checked(accept4C(listener, null, null, SOCK_CLOEXEC), "accept4");
  } finally {
    closeQuietly(listener);
  }
}
