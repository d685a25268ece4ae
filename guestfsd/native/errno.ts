/**
 * errno: names, texts and the error that failed system calls throw, all from glibc itself. Knows no call and no message
 * format (see ../errors.ts).
 */
import koffi from "koffi";

const libc = koffi.load("libc.so.6");
const strerrorname: (errno: number) => string | null = libc.func("const char *strerrorname_np(int errno)");
const strerrordesc: (errno: number) => string | null = libc.func("const char *strerrordesc_np(int errno)");

const ERRNO_MAX = 133;

/** glibc's names where the guestfs protocol has others (facts/protocol.md §2). */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  EOPNOTSUPP: "ENOTSUP",
  EWOULDBLOCK: "EAGAIN",
  EDEADLK: "EDEADLOCK",
};

const NUMBERS: ReadonlyMap<string, number> = new Map(
  Array.from({ length: ERRNO_MAX + 1 }, (_, errno) => [strerrorname(errno) ?? "", errno] as const),
);

/** A system call that failed. `code` is the kernel's name ("EOPNOTSUPP"), as in Node's own errors. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly errno: number;
  readonly code: string;
  readonly syscall: string;

  constructor(errno: number, syscall: string) {
    super(`${syscall}: ${errnoText(errno)}`);
    this.errno = errno;
    this.code = strerrorname(errno) ?? "EINVAL";
    this.syscall = syscall;
  }
}

/** The errno that the last call through koffi left. Ask at once: the next call may change it. */
export function lastErrno(): number {
  return koffi.errno();
}

/** strerror(3) in the C locale: "No such file or directory". */
export function errnoText(errno: number): string {
  return strerrordesc(errno) ?? `Unknown error ${errno}`;
}

/** The kernel's name of an errno, undefined for an unknown one. */
export function errnoName(errno: number): string | undefined {
  return strerrorname(errno) ?? undefined;
}

/** Number of a name of errno(3), undefined for an unknown one. */
export function errnoNumber(code: string): number | undefined {
  return NUMBERS.get(code);
}

/** The name that goes over the wire for a kernel name. */
export function protocolErrno(code: string): string {
  return PROTOCOL_NAMES[code] ?? (NUMBERS.has(code) ? code : "EINVAL");
}

/** Passes a result through; -1 is thrown as a SystemError. */
export function checked(result: number, syscall: string): number {
  if (result === -1) throw new SystemError(lastErrno(), syscall);
  return result;
}
