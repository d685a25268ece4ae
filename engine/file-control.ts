/**
 * The system calls on open files that Node lacks, through koffi and glibc: holes (fallocate) and locks that belong to an
 * open file (fcntl F_OFD_*, flock). koffi is loaded when it is asked for: most commands need none of them.
 */
import { getSystemErrorMap } from "node:util";

/** Bytes `[start, start + length)`. */
export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

export interface FileControl {
  /** Makes a range read as zeros and gives its blocks back. @throws the system error, EOPNOTSUPP where it cannot be done */
  punchHole(fd: number, range: ByteRange): void;
  /** Locks a range for reading while the file is open. @throws the system error, EAGAIN when another has it for writing */
  lockForReading(fd: number, range: ByteRange): void;
  /** Whether another open file has a lock in the range. @throws the system error, EINVAL where there are no such locks */
  isLocked(fd: number, range: ByteRange): boolean;
  /** Locks a file or folder while it is open, once no other has it: blocks the process. @throws the system error */
  lockAlone(fd: number): void;
}

const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
const LOCK_EX = 2;
const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
/** struct flock of x86-64: type:i16 whence:i16 pad:4 start:i64 len:i64 pid:i32 pad:4 */
const FLOCK_SIZE = 32;

export async function loadFileControl(): Promise<FileControl> {
  const { default: koffi } = await import("koffi");
  const libc = koffi.load("libc.so.6");
  const fcntl: (fd: number, command: number, lock: Uint8Array) => number = libc.func(
    "int fcntl(int fd, int command, _Inout_ void *lock)",
  );
  const fallocate: (fd: number, mode: number, offset: number, length: number) => number = libc.func(
    "int fallocate(int fd, int mode, int64 offset, int64 length)",
  );
  const flock: (fd: number, operation: number) => number = libc.func("int flock(int fd, int operation)");
  const check = (result: number, call: string): void => {
    if (result !== 0) throw systemError(call, koffi.errno());
  };
  return {
    punchHole(fd, { start, length }) {
      check(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start, length), "fallocate");
    },
    lockForReading(fd, range) {
      check(fcntl(fd, F_OFD_SETLK, lockStruct(F_RDLCK, range)), "fcntl");
    },
    isLocked(fd, range) {
      const lock = lockStruct(F_WRLCK, range);
      check(fcntl(fd, F_OFD_GETLK, lock), "fcntl");
      return lock.readInt16LE(0) !== F_UNLCK;
    },
    lockAlone(fd) {
      check(flock(fd, LOCK_EX), "flock");
    },
  };
}

function lockStruct(type: number, { start, length }: ByteRange): Buffer {
  const lock = Buffer.alloc(FLOCK_SIZE);
  lock.writeInt16LE(type, 0);
  lock.writeBigInt64LE(BigInt(start), 8);
  lock.writeBigInt64LE(BigInt(length), 16);
  return lock;
}

function systemError(call: string, errno: number): NodeJS.ErrnoException {
  const [code, text] = getSystemErrorMap().get(-errno) ?? ["UNKNOWN", `error ${errno}`];
  return Object.assign(new Error(`${call}: ${text}`), { code, errno: -errno, syscall: call });
}
