/**
 * System calls that Node lacks, through koffi and glibc. Thin: arguments and errors are the C function's own; a failure
 * throws SystemError. Path arguments are text as on the wire (see schemas/text.ts) or bytes. No policy here: which root a
 * path resolves in is sysroot.ts's matter. Extended attributes are in xattr.ts, processes in process.ts.
 */
import koffi from "koffi";

import { bytesFromText, textFromBytes } from "../../schemas/index.ts";
import { checked, SystemError, lastErrno } from "./errno.ts";

export type PathLike = string | Uint8Array;
type Pointer = Uint8Array | null;

const libc = koffi.load("libc.so.6");

const c: {
  readonly chroot: (path: Pointer) => number;
  readonly chdir: (path: Pointer) => number;
  readonly fchdir: (fd: number) => number;
  readonly open: (path: Pointer, flags: number, ...mode: (string | number)[]) => number;
  readonly close: (fd: number) => number;
  readonly poll: (fds: Uint8Array, count: number, timeout: number) => number;
  readonly mount: (source: Pointer, target: Pointer, type: Pointer, flags: number, data: Pointer) => number;
  readonly umount2: (target: Pointer, flags: number) => number;
  readonly ioctl: (fd: number, request: number, argument: Pointer) => number;
  readonly sync: () => void;
  readonly syncfs: (fd: number) => number;
  readonly mknod: (path: Pointer, mode: number, dev: bigint) => number;
  readonly umask: (mask: number) => number;
  readonly statvfs: (path: Pointer, out: Uint8Array) => number;
  readonly utimensat: (dir: number, path: Pointer, times: Uint8Array, flags: number) => number;
  readonly unshare: (flags: number) => number;
  readonly mkostemps: (template: Uint8Array, suffixLength: number, flags: number) => number;
  readonly setns: (fd: number, type: number) => number;
  readonly memfdCreate: (name: Uint8Array, flags: number) => number;
} = {
  chroot: libc.func("int chroot(const void *path)"),
  chdir: libc.func("int chdir(const void *path)"),
  fchdir: libc.func("int fchdir(int fd)"),
  open: libc.func("int open(const void *path, int flags, ...)"),
  close: libc.func("int close(int fd)"),
  poll: libc.func("int poll(void *fds, unsigned long count, int timeout)"),
  mount: libc.func(
    "int mount(const void *source, const void *target, const void *type, unsigned long flags, const void *data)",
  ),
  umount2: libc.func("int umount2(const void *target, int flags)"),
  ioctl: libc.func("int ioctl(int fd, unsigned long request, void *argument)"),
  sync: libc.func("void sync(void)"),
  syncfs: libc.func("int syncfs(int fd)"),
  mknod: libc.func("int mknod(const void *path, unsigned int mode, uint64_t dev)"),
  umask: libc.func("unsigned int umask(unsigned int mask)"),
  statvfs: libc.func("int statvfs(const void *path, void *out)"),
  utimensat: libc.func("int utimensat(int dir, const void *path, const void *times, int flags)"),
  unshare: libc.func("int unshare(int flags)"),
  mkostemps: libc.func("int mkostemps(void *template, int suffixlen, int flags)"),
  setns: libc.func("int setns(int fd, int type)"),
  memfdCreate: libc.func("int memfd_create(const void *name, unsigned int flags)"),
};

export const POLLIN = 0x1;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;
export const POLLHUP = 0x10;

export const O_PATH = 0x200000;
export const O_CLOEXEC = 0x80000;

export const MS_RDONLY = 1;
export const MS_REMOUNT = 32;
export const MNT_DETACH = 2;

export const CLONE_FS = 0x200;
export const CLONE_NEWPID = 0x20000000;

const EINTR = 4;

/** Bytes of a path or other C string, NUL at the end. */
export function cString(text: PathLike): Uint8Array {
  const bytes = typeof text === "string" ? bytesFromText(text) : text;
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  return out;
}

const orNull = (text: PathLike | null): Pointer => (text === null ? null : cString(text));

export function chroot(path: PathLike): void {
  checked(c.chroot(cString(path)), "chroot");
}

/** Changes this thread's working directory; Node's cached process.cwd() does not notice. */
export function chdir(path: PathLike): void {
  checked(c.chdir(cString(path)), "chdir");
}

export function fchdir(fd: number): void {
  checked(c.fchdir(fd), "fchdir");
}

/** open(2) with any flags (O_PATH, ...); close-on-exec is always set. */
export function open(path: PathLike, flags: number, mode = 0): number {
  return checked(c.open(cString(path), flags | O_CLOEXEC, "uint", mode), "open");
}

/** Closes a descriptor; a failure is not reported, the descriptor is gone in any case. */
export function closeQuietly(fd: number): void {
  c.close(fd);
}

export interface PollRequest {
  readonly fd: number;
  readonly events: number;
}

/**
 * poll(2), started again when a signal interrupts it.
 *
 * @param timeoutMs -1 waits without end
 * @returns revents of each request, in order; all 0 when the time is over
 */
export function poll(requests: readonly PollRequest[], timeoutMs: number): readonly number[] {
  const fds = new Uint8Array(8 * requests.length);
  const view = new DataView(fds.buffer);
  for (const [index, { fd, events }] of requests.entries()) {
    view.setInt32(8 * index, fd, true);
    view.setInt16(8 * index + 4, events, true);
  }
  while (c.poll(fds, requests.length, timeoutMs) === -1) {
    const errno = lastErrno();
    if (errno !== EINTR) throw new SystemError(errno, "poll");
  }
  return requests.map((_, index) => view.getInt16(8 * index + 6, true));
}

/** mount(2). */
export function mount(
  source: PathLike | null,
  target: PathLike,
  type: string | null,
  flags = 0,
  data: string | null = null,
): void {
  checked(c.mount(orNull(source), cString(target), orNull(type), flags, orNull(data)), "mount");
}

export function umount2(target: PathLike, flags = 0): void {
  checked(c.umount2(cString(target), flags), "umount2");
}

/** ioctl(2) with a pointer argument: a buffer that is read or filled in place, or null. */
export function ioctl(fd: number, request: number, argument: Uint8Array | null = null): number {
  return checked(c.ioctl(fd, request, argument), "ioctl");
}

export function sync(): void {
  c.sync();
}

export function syncfs(fd: number): void {
  checked(c.syncfs(fd), "syncfs");
}

/** mknod(2). `mode` holds the type and the permissions (less the umask). */
export function mknod(path: PathLike, mode: number, major = 0, minor = 0): void {
  checked(c.mknod(cString(path), mode, makeDev(major, minor)), "mknod");
}

/** umask(2) of this thread, as it has its own root (unshare CLONE_FS). Gives the mask before. */
export function umask(mask: number): number {
  return c.umask(mask);
}

export interface StatVfs {
  readonly bsize: bigint;
  readonly frsize: bigint;
  readonly blocks: bigint;
  readonly bfree: bigint;
  readonly bavail: bigint;
  readonly files: bigint;
  readonly ffree: bigint;
  readonly favail: bigint;
  readonly fsid: bigint;
  readonly flag: bigint;
  readonly namemax: bigint;
}

/** statvfs(3). */
export function statvfs(path: PathLike): StatVfs {
  const out = new Uint8Array(112);
  checked(c.statvfs(cString(path), out), "statvfs");
  const view = new DataView(out.buffer);
  const word = (index: number): bigint => view.getBigUint64(8 * index, true);
  return {
    bsize: word(0),
    frsize: word(1),
    blocks: word(2),
    bfree: word(3),
    bavail: word(4),
    files: word(5),
    ffree: word(6),
    favail: word(7),
    fsid: word(8),
    flag: word(9),
    namemax: word(10),
  };
}

export interface TimeSpec {
  readonly sec: bigint;
  /** Nanoseconds, or UTIME_NOW / UTIME_OMIT. */
  readonly nsec: bigint;
}

export const UTIME_NOW = 0x3fffffffn;
export const UTIME_OMIT = 0x3ffffffen;

/** utimensat(2) that does not follow a final symbolic link. */
export function lutimens(path: PathLike, atime: TimeSpec, mtime: TimeSpec): void {
  const AT_FDCWD = -100;
  const AT_SYMLINK_NOFOLLOW = 0x100;
  const times = new BigInt64Array([atime.sec, atime.nsec, mtime.sec, mtime.nsec]);
  checked(c.utimensat(AT_FDCWD, cString(path), new Uint8Array(times.buffer), AT_SYMLINK_NOFOLLOW), "utimensat");
}

/**
 * mkostemps(3): makes a file of mode 0600. Its names come from getrandom(2), so that a restored appliance does not repeat them.
 *
 * @param template path with `XXXXXX` before a suffix
 * @param suffixLength bytes
 */
export function mkstemps(template: PathLike, suffixLength: number): { readonly fd: number; readonly path: string } {
  const path = cString(template);
  const fd = checked(c.mkostemps(path, suffixLength, O_CLOEXEC), "mkostemps");
  return { fd, path: textFromBytes(path.subarray(0, -1)) };
}

/** unshare(2): for the calling thread only. */
export function unshare(flags: number): void {
  checked(c.unshare(flags), "unshare");
}

export function setns(fd: number, type: number): void {
  checked(c.setns(fd, type), "setns");
}

/** memfd_create(2): a file in memory without a name in any directory; close-on-exec. */
export function memfd_create(name: string): number {
  const MFD_CLOEXEC = 1;
  return checked(c.memfdCreate(cString(name), MFD_CLOEXEC), "memfd_create");
}

/** glibc's makedev(3). */
export function makeDev(major: number, minor: number): bigint {
  const high = BigInt(major);
  const low = BigInt(minor);
  return ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn);
}

/** glibc's major(3) and minor(3). */
export function splitDev(dev: bigint): { readonly major: number; readonly minor: number } {
  return {
    major: Number(((dev >> 32n) & 0xfffff000n) | ((dev >> 8n) & 0xfffn)),
    minor: Number(((dev >> 12n) & 0xffffff00n) | (dev & 0xffn)),
  };
}
