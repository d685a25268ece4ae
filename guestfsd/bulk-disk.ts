/**
 * The disk that the engine attaches for one transfer (schemas/gild-bulk.ts): found at a SCSI target, read and written.
 *
 * No driver is bound to it, so the kernel makes no block device of it and looks for no partitions: to LVM, blkid, the programs of
 * the guest and this daemon's own list of devices it does not exist, whatever its content looks like. The kernel is told once that
 * there may be a disk, and keeps an empty place when it is gone: finding a disk anew takes emulation 20 ms.
 */
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";

import type { BulkDisk } from "./context.ts";
import { about, ActionError, failure } from "./errors.ts";
import { readBlocks, readCapacity, writeBlocks } from "./native/scsi-generic.ts";

/** For messages: the disk has no name. */
const NAME = "bulk disk";
const AUTOPROBE = "/sys/bus/scsi/drivers_autoprobe";
/** The appliance has one SCSI host; its init counts on that too. */
const HOST = 0;
/** Most bytes of one command. A virtio-scsi command of qemu takes 254 pieces of memory, which are single pages at worst. */
const COMMAND_MAX = 512 * 1024;

/** @throws ActionError ENODEV when no disk was ever there; EIO when there is none now */
export function openBulkDisk(target: number): BulkDisk {
  const address = `${HOST}:0:${target}:0`;
  const node = `/dev/bsg/${address}`;
  return about(NAME, () => {
    if (!existsSync(node)) find(target);
    if (!existsSync(node)) throw failure(NAME, "ENODEV");
    if (existsSync(`/sys/class/scsi_device/${address}/device/driver`)) {
      throw new ActionError(`${NAME}: a driver has it`, "EBUSY");
    }
    return new GenericDisk(openSync(node, "r+"));
  });
}

function find(target: number): void {
  writeFileSync(AUTOPROBE, "0");
  try {
    writeFileSync(`/sys/class/scsi_host/host${HOST}/scan`, `0 ${target} 0`);
  } finally {
    writeFileSync(AUTOPROBE, "1");
  }
}

class GenericDisk implements BulkDisk {
  readonly sizeBytes: bigint;
  readonly #fd: number;
  readonly #blockSize: number;

  constructor(fd: number) {
    this.#fd = fd;
    try {
      const { blocks, blockSize } = readCapacity(fd);
      this.#blockSize = blockSize;
      this.sizeBytes = blocks * BigInt(blockSize);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  read(position: bigint, into: Uint8Array): void {
    this.#transfer(position, into, readBlocks);
  }

  write(position: bigint, bytes: Uint8Array): void {
    this.#transfer(position, bytes, writeBlocks);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #transfer(position: bigint, bytes: Uint8Array, command: typeof readBlocks): void {
    for (let start = 0; start < bytes.length; start += COMMAND_MAX) {
      const block = (position + BigInt(start)) / BigInt(this.#blockSize);
      const piece = bytes.subarray(start, start + COMMAND_MAX);
      about(NAME, () => command(this.#fd, block, piece, this.#blockSize));
    }
  }
}
