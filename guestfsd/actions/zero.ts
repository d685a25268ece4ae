/** Daemon side of schemas/actions/zero.ts. */
import { constants, writeSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, errnoCode } from "../errors.ts";
import { sizeOf, withDevice, zeroOut } from "../native/block-device.ts";

const SIGNATURES = 128n * 1024n;
/** Bytes zeroed between two reports of progress. */
const STEP = 64n * 1024n * 1024n;
/** Bytes written at once where the kernel does not zero by itself. */
const PIECE = 1024 * 1024;

export const zero = {
  zero({ device }, context) {
    clear(context, device, SIGNATURES);
  },

  zero_device({ device }, context) {
    clear(context, device, sizeOf(device));
  },

  wipefs({ device }, { command }) {
    command.check(["wipefs", "--all", "--force", device]);
  },
} satisfies HandlersOf<typeof families.zero, Context>;

function clear(context: Context, device: string, length: bigint): void {
  about(device, () => {
    const size = sizeOf(device);
    const end = length < size ? length : size;
    withDevice(device, constants.O_RDWR, (fd) => {
      for (let offset = 0n; offset < end; offset += STEP) {
        zeroRange(fd, offset, end - offset < STEP ? end - offset : STEP);
        context.progress(offset, end);
      }
    });
  });
}

/** The kernel zeroes no device that is mounted: that has to be written, by whoever asks for it. */
function zeroRange(fd: number, offset: bigint, length: bigint): void {
  try {
    zeroOut(fd, offset, length);
  } catch (error) {
    if (errnoCode(error) !== "EBUSY") throw error;
    const zeroes = Buffer.alloc(PIECE);
    const end = Number(offset + length);
    for (let at = Number(offset); at < end;) at += writeSync(fd, zeroes, 0, Math.min(PIECE, end - at), at);
  }
}
