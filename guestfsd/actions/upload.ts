/** Daemon side of schemas/actions/upload.ts: files in and out, chunk by chunk. */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";

const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
const READ_SIZE = 64 * 1024;

export const upload = {
  upload({ remotefilename }, context) {
    receive(remotefilename, O_CREAT | O_TRUNC, 0n, context);
  },

  download({ remotefilename }, context) {
    return send(remotefilename, 0n, undefined, context);
  },

  upload_offset({ remotefilename, offset }, context) {
    refuseNegative("offset", offset);
    receive(remotefilename, O_CREAT, offset, context);
  },

  download_offset({ remotefilename, offset, size }, context) {
    refuseNegative("offset", offset);
    refuseNegative("size", size);
    return send(remotefilename, offset, size, context);
  },
} satisfies HandlersOf<typeof families.upload, Context>;

/** Opens a device of the appliance or a file of the guest. Does not wait: a FIFO in the guest would never answer. */
function openEither(name: string, flags: number, { devices, sysroot }: Context): number {
  const open = (): number => openSync(Buffer.from(bytesFromText(name)), flags | O_NOCTTY | O_NONBLOCK, 0o666);
  if (!devices.isDevice(name)) return about(name, () => sysroot.inside(open));
  return about(devices.toApi(name), () => openSync(name, flags & ~(O_CREAT | O_TRUNC)));
}

function receive(name: string, flags: number, offset: bigint, context: Context): void {
  const fd = openEither(name, O_WRONLY | flags, context);
  try {
    let position = offset;
    for (const chunk of context.chunks()) {
      for (let rest = chunk; rest.length > 0;) {
        // Positioned writes keep an offset over 2^53 out of JavaScript numbers only up to 8 PiB, more than any disk has.
        const written = about(name, () => writeSync(fd, rest, 0, rest.length, Number(position)));
        rest = rest.subarray(written);
        position += BigInt(written);
      }
    }
  } finally {
    closeSync(fd);
  }
}

function* send(
  name: string,
  offset: bigint,
  size: bigint | undefined,
  context: Context,
): Generator<Uint8Array, undefined> {
  const fd = openEither(name, O_RDONLY, context);
  try {
    const stat = fstatSync(fd, { bigint: true });
    if (stat.isDirectory()) throw failure(name, "EISDIR");
    const total = size ?? stat.size;
    let position = offset;
    for (let left = size; left === undefined || left > 0n;) {
      const want = left === undefined || left > READ_SIZE ? READ_SIZE : Number(left);
      const buffer = Buffer.allocUnsafeSlow(want);
      const got = about(name, () => readSync(fd, buffer, 0, want, position));
      if (got === 0) return undefined;
      yield buffer.subarray(0, got);
      position += BigInt(got);
      if (left !== undefined) left -= BigInt(got);
      if (total > 0n) context.progress(position - offset, total);
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function refuseNegative(what: string, value: bigint): void {
  if (value < 0n) throw new ActionError(`${what} in file is negative`, "EINVAL");
}
