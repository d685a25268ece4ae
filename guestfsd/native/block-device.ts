/** ioctls of block devices (linux/fs.h, linux/blkpg.h), swapon(2) and swapoff(2). Thin; a failure throws SystemError. */
import { constants } from "node:fs";

import koffi from "koffi";

import { checked } from "./errno.ts";
import { closeQuietly, cString, ioctl, open } from "./libc.ts";

const BLKROSET = 0x125d;
const BLKROGET = 0x125e;
const BLKRRPART = 0x125f;
const BLKFLSBUF = 0x1261;
const BLKRASET = 0x1262;
const BLKSSZGET = 0x1268;
const BLKPG = 0x1269;
const BLKDISCARD = 0x1277;
const BLKDISCARDZEROES = 0x127c;
const BLKZEROOUT = 0x127f;
const BLKBSZGET = 0x80081270;
const BLKGETSIZE64 = 0x80081272;
const FITRIM = 0xc0185879;

const BLKPG_ADD_PARTITION = 1;
const BLKPG_DEL_PARTITION = 2;
const BLKPG_RESIZE_PARTITION = 3;

const libc = koffi.load("libc.so.6");
const blkpgArgument = koffi.struct("gild_blkpg_ioctl_arg", { op: "int", flags: "int", datalen: "int", data: "void *" });
const c: {
  /** ioctl(2) whose argument is a number, not a pointer. */
  readonly ioctlValue: (fd: number, request: number, argument: number) => number;
  readonly ioctlBlkpg: (
    fd: number,
    request: number,
    argument: Readonly<Record<"op" | "flags" | "datalen", number>> & { readonly data: Uint8Array },
  ) => number;
  readonly swapon: (path: Uint8Array, flags: number) => number;
  readonly swapoff: (path: Uint8Array) => number;
} = {
  ioctlValue: libc.func("int ioctl(int fd, unsigned long request, unsigned long argument)"),
  ioctlBlkpg: libc.func("ioctl", "int", ["int", "unsigned long", koffi.pointer(blkpgArgument)]),
  swapon: libc.func("int swapon(const void *path, int flags)"),
  swapoff: libc.func("int swapoff(const void *path)"),
};

/** Opens a device for the length of `body`. */
export function withDevice<T>(device: string, flags: number, body: (fd: number) => T): T {
  const fd = open(device, flags | constants.O_NONBLOCK);
  try {
    return body(fd);
  } finally {
    closeQuietly(fd);
  }
}

function query(device: string, request: number): DataView {
  const out = new Uint8Array(8);
  withDevice(device, constants.O_RDONLY, (fd) => ioctl(fd, request, out));
  return new DataView(out.buffer);
}

/** Size in bytes. */
export const sizeOf = (device: string): bigint => query(device, BLKGETSIZE64).getBigUint64(0, true);
/** Logical sector size in bytes. */
export const sectorSizeOf = (device: string): number => query(device, BLKSSZGET).getInt32(0, true);
/** Block size of the kernel's cache in bytes. */
export const blockSizeOf = (device: string): number => query(device, BLKBSZGET).getInt32(0, true);
export const isReadOnly = (device: string): boolean => query(device, BLKROGET).getInt32(0, true) !== 0;

export function setReadOnly(device: string, readOnly: boolean): void {
  const value = new Uint8Array(Int32Array.of(readOnly ? 1 : 0).buffer);
  withDevice(device, constants.O_RDONLY, (fd) => ioctl(fd, BLKROSET, value));
}

/** @param sectors in units of 512 bytes */
export function setReadAhead(device: string, sectors: number): void {
  withDevice(device, constants.O_RDONLY, (fd) => checked(c.ioctlValue(fd, BLKRASET, sectors), "ioctl"));
}

/** Writes out and drops the kernel's cache of a device. */
export function flushBuffers(device: string): void {
  withDevice(device, constants.O_RDONLY, (fd) => ioctl(fd, BLKFLSBUF));
}

/** Has the kernel read the partition table again. EBUSY while a partition is in use, EINVAL for a partition. */
export function rereadPartitions(device: string): void {
  withDevice(device, constants.O_RDONLY, (fd) => ioctl(fd, BLKRRPART));
}

/** Zeroes a range by the device's own means where it has some; the image then holds a hole. */
export function zeroOut(fd: number, offset: bigint, length: bigint): void {
  ioctl(fd, BLKZEROOUT, new Uint8Array(BigUint64Array.of(offset, length).buffer));
}

/** Discards every block of a device that nobody uses. @throws SystemError EBUSY, EOPNOTSUPP */
export function discardAll(device: string): void {
  const length = sizeOf(device);
  withDevice(device, constants.O_RDWR | constants.O_EXCL, (fd) => {
    ioctl(fd, BLKDISCARD, new Uint8Array(BigUint64Array.of(0n, length).buffer));
  });
}

/** Whether discarded blocks are sure to read as zeroes. */
export const discardZeroes = (device: string): boolean => query(device, BLKDISCARDZEROES).getUint32(0, true) !== 0;

/** Free ranges of the filesystem that `fd` is on, all in bytes. */
export interface TrimRange {
  readonly start: bigint;
  readonly length: bigint;
  /** Shorter ranges are left. */
  readonly least: bigint;
}

/** @throws SystemError EOPNOTSUPP, ENOTTY, EROFS */
export function trimFree(fd: number, { start, length, least }: TrimRange): void {
  ioctl(fd, FITRIM, new Uint8Array(BigUint64Array.of(start, length, least).buffer));
}

export interface KernelPartition {
  readonly number: number;
  /** In bytes. */
  readonly start: bigint;
  readonly size: bigint;
}

export const addPartition = (fd: number, partition: KernelPartition): void => blkpg(fd, BLKPG_ADD_PARTITION, partition);
export const deletePartition = (fd: number, number: number): void =>
  blkpg(fd, BLKPG_DEL_PARTITION, { number, start: 0n, size: 0n });
export const resizePartition = (fd: number, partition: KernelPartition): void =>
  blkpg(fd, BLKPG_RESIZE_PARTITION, partition);

/** struct blkpg_partition: start:s64 length:s64 pno:s32 devname[64] volname[64]. */
function blkpg(fd: number, op: number, { number, start, size }: KernelPartition): void {
  const data = new Uint8Array(152);
  const view = new DataView(data.buffer);
  view.setBigInt64(0, start, true);
  view.setBigInt64(8, size, true);
  view.setInt32(16, number, true);
  checked(c.ioctlBlkpg(fd, BLKPG, { op, flags: 0, datalen: data.length, data }), "ioctl");
}

export function swapon(device: string): void {
  checked(c.swapon(cString(device), 0), "swapon");
}

export function swapoff(device: string): void {
  checked(c.swapoff(cString(device)), "swapoff");
}
