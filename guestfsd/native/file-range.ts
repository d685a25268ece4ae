/**
 * System calls on ranges of an open file that Node lacks: reading past the kernel's cache, holes, room for a range. Thin; a
 * failure throws SystemError.
 */
import koffi from "koffi";

import { checked, lastErrno, SystemError } from "./errno.ts";

const F_GETFL = 3;
const F_SETFL = 4;
const O_DIRECT = 0x4000;
const SEEK_SET = 0;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const ENXIO = 6;
const EINVAL = 22;
const PAGE = 4096;

const libc = koffi.load("libc.so.6");
const c: {
  readonly fcntl: (fd: number, command: number, type: "int", argument: number) => number;
  readonly posixFallocate: (fd: number, offset: bigint, length: bigint) => number;
  readonly lseek: (fd: number, offset: bigint, whence: number) => number | bigint;
} = {
  fcntl: libc.func("int fcntl(int fd, int command, ...)"),
  posixFallocate: libc.func("int posix_fallocate(int fd, int64_t offset, int64_t length)"),
  lseek: libc.func("int64_t lseek(int fd, int64_t offset, int whence)"),
};

/** Memory that direct input and output may use: it begins at a page. */
export function alignedBuffer(size: number): Buffer {
  const memory = Buffer.allocUnsafeSlow(size + PAGE);
  const start = (PAGE - Number(koffi.address(memory) % BigInt(PAGE))) % PAGE;
  return memory.subarray(start, start + size);
}

/**
 * Has reads and writes of a descriptor go past the kernel's cache, or through it again.
 *
 * @throws SystemError EINVAL where the filesystem knows no such way
 */
export function setDirect(fd: number, direct: boolean): void {
  const flags = checked(c.fcntl(fd, F_GETFL, "int", 0), "fcntl");
  checked(c.fcntl(fd, F_SETFL, "int", direct ? flags | O_DIRECT : flags & ~O_DIRECT), "fcntl");
}

/**
 * Where the next data of a file begins; a file or device that cannot tell has data everywhere.
 *
 * @returns at or after `offset`; undefined when only a hole is left
 */
export function nextData(fd: number, offset: bigint): bigint | undefined {
  const found = BigInt(c.lseek(fd, offset, SEEK_DATA));
  if (found !== -1n) return found;
  const errno = lastErrno();
  if (errno === ENXIO) return undefined;
  if (errno === EINVAL) return offset;
  throw new SystemError(errno, "lseek");
}

/** Where the next read or write of a descriptor begins that names no place; programs that it is handed to go on there. */
export function seek(fd: number, offset: number): void {
  checked(Number(c.lseek(fd, BigInt(offset), SEEK_SET)), "lseek");
}

/** Sets space aside from the start of a file, which grows to `length` bytes; by writing where the filesystem cannot. */
export function allocate(fd: number, length: bigint): void {
  // Unlike system calls it gives the error number.
  const errno = c.posixFallocate(fd, 0n, length);
  if (errno !== 0) throw new SystemError(errno, "posix_fallocate");
}

/**
 * Where data ends that begins at `offset`, which nextData gave.
 *
 * @returns undefined where the file or device cannot tell
 */
export function nextHole(fd: number, offset: bigint): bigint | undefined {
  const found = BigInt(c.lseek(fd, offset, SEEK_HOLE));
  return found === -1n ? undefined : found;
}
