/** Daemon side of schemas/actions/copy.ts. */
import { constants, readSync, writeSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { sizeOf, withDevice } from "../native/block-device.ts";

const BLOCK = 1024 * 1024;

export const copy = {
  copy_device_to_device({ src, dest, srcoffset = 0n, destoffset = 0n, size, sparse, append }, context) {
    if (append !== undefined) throw new ActionError("the append flag cannot be set for this call", "EINVAL");
    const total = size ?? sizeOf(src) - srcoffset;
    if (srcoffset < 0n || destoffset < 0n || total < 0n) throw new ActionError("offset or size is negative", "EINVAL");
    if (srcoffset + total > sizeOf(src)) throw new ActionError(`${src}: source is too small`, "EINVAL");
    if (destoffset + total > sizeOf(dest)) throw new ActionError(`${dest}: destination is too small`, "ENOSPC");
    withDevice(src, constants.O_RDONLY, (from) => {
      withDevice(dest, constants.O_RDWR, (to) => {
        const buffer = Buffer.alloc(BLOCK);
        for (let done = 0n; done < total;) {
          const length = Number(total - done < BigInt(BLOCK) ? total - done : BigInt(BLOCK));
          const read = about(src, () => readSync(from, buffer, 0, length, srcoffset + done));
          if (read === 0) throw new ActionError(`${src}: unexpected end`, "EIO");
          const piece = buffer.subarray(0, read);
          if (sparse !== true || !isZero(piece)) about(dest, () => writeAll(to, piece, destoffset + done));
          done += BigInt(read);
          context.progress(done, total);
        }
      });
    });
  },
} satisfies HandlersOf<typeof families.copy, Context>;

function writeAll(fd: number, bytes: Buffer, offset: bigint): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(fd, bytes, written, bytes.length - written, Number(offset) + written);
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.subarray(1).equals(bytes.subarray(0, -1));
}
