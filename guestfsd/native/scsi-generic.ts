/**
 * SCSI commands through the kernel's generic nodes (linux/bsg.h, SBC-3), which exist whether or not a driver took the device:
 * blocks go straight between the device and the caller's memory. Thin; a failure throws SystemError.
 */
import koffi from "koffi";

import { SystemError } from "./errno.ts";
import { ioctl } from "./libc.ts";

const SG_IO = 0x2285;
const EIO = 5;

/*
 * One block of memory, at a fixed address: struct sg_io_v4, then the command, then what the device says of a failure.
 *
 *     guard:i32 'Q' | protocol:u32 0 | subprotocol:u32 0 | request_len:u32 | request:u64 ... 44 max_response_len:u32 | response:u64
 *     ... 60 dout_xfer_len:u32 ... 68 din_xfer_len:u32 | dout_xferp:u64 | din_xferp:u64 | timeout:u32 ms
 *     ... 108 driver_status:u32 | transport_status:u32 | device_status:u32
 */
const COMMAND = 160;
const COMMAND_SIZE = 16;
const SENSE = 192;
const SENSE_SIZE = 64;
const CONTROL_SIZE = SENSE + SENSE_SIZE;

const TIMEOUT_MS = 300_000;
const READ_16 = 0x88;
const WRITE_16 = 0x8a;
const SERVICE_ACTION_IN_16 = 0x9e;
const READ_CAPACITY_16 = 0x10;
const CHECK_CONDITION = 2;
const UNIT_ATTENTION = 6;
/** A device that was just attached says so once, in place of doing what it was told. */
const TRIES = 4;

export interface Capacity {
  readonly blocks: bigint;
  /** Bytes of a block. */
  readonly blockSize: number;
}

export function readCapacity(fd: number): Capacity {
  const answer = Buffer.alloc(512);
  const command = Buffer.alloc(COMMAND_SIZE);
  command[0] = SERVICE_ACTION_IN_16;
  command[1] = READ_CAPACITY_16;
  command.writeUInt32BE(32, 10);
  perform(fd, command, answer.subarray(0, 32), "in");
  return { blocks: answer.readBigUInt64BE(0) + 1n, blockSize: answer.readUInt32BE(8) };
}

/** @param into whole blocks; memory that begins at a page is read into without copying */
export function readBlocks(fd: number, block: bigint, into: Uint8Array, blockSize: number): void {
  perform(fd, blockCommand(READ_16, block, into.length / blockSize), into, "in");
}

/** @param bytes whole blocks */
export function writeBlocks(fd: number, block: bigint, bytes: Uint8Array, blockSize: number): void {
  perform(fd, blockCommand(WRITE_16, block, bytes.length / blockSize), bytes, "out");
}

function blockCommand(code: number, block: bigint, count: number): Buffer {
  const command = Buffer.alloc(COMMAND_SIZE);
  command[0] = code;
  command.writeBigUInt64BE(block, 2);
  command.writeUInt32BE(count, 10);
  return command;
}

function perform(fd: number, command: Buffer, data: Uint8Array, direction: "in" | "out"): void {
  for (let tries = 1; ; tries += 1) {
    const key = performOnce(fd, command, data, direction);
    if (key === undefined) return;
    if (key !== UNIT_ATTENTION || tries === TRIES) throw new SystemError(EIO, "SG_IO");
  }
}

/** @returns undefined when it went well, else the sense key; -1 when there is none */
function performOnce(fd: number, command: Buffer, data: Uint8Array, direction: "in" | "out"): number | undefined {
  const control = Buffer.allocUnsafeSlow(CONTROL_SIZE).fill(0);
  const base = koffi.address(control);
  control.set(command, COMMAND);
  control.writeInt32LE("Q".charCodeAt(0), 0);
  control.writeUInt32LE(COMMAND_SIZE, 12);
  control.writeBigUInt64LE(base + BigInt(COMMAND), 16);
  control.writeUInt32LE(SENSE_SIZE, 44);
  control.writeBigUInt64LE(base + BigInt(SENSE), 48);
  control.writeUInt32LE(data.length, direction === "in" ? 68 : 60);
  control.writeBigUInt64LE(koffi.address(data), direction === "in" ? 80 : 72);
  control.writeUInt32LE(TIMEOUT_MS, 88);
  ioctl(fd, SG_IO, control);

  const status = control.readUInt32LE(116);
  if (control.readUInt32LE(108) === 0 && control.readUInt32LE(112) === 0 && status === 0) return undefined;
  return status === CHECK_CONDITION ? senseKey(control.subarray(SENSE)) : -1;
}

/** Fixed format (70h) or descriptor format (72h). */
function senseKey(sense: Buffer): number {
  return ((sense.readUInt8(0) & 0x7f) >= 0x72 ? sense.readUInt8(1) : sense.readUInt8(2)) & 0x0f;
}
