/** Daemon side of schemas/actions/upload.ts: files in and out. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf, type Hole } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { DirectFile } from "../direct-file.ts";
import { about, ActionError, failure } from "../errors.ts";
import { filled } from "../file-in.ts";
import { piecesOf } from "../file-pieces.ts";

const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

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
    const file = context.file();
    // Elsewhere what a hole covers has content of its own.
    const keepsHoles = (flags & O_TRUNC) !== 0 && fstatSync(fd).isFile();
    const pieces = keepsHoles ? file.pieces() : filled(file.pieces());
    const write = file.bulk ? directWriter(fd, name) : cachedWriter(fd, name);
    let position = offset;
    let end = offset;
    for (const piece of pieces) {
      if ("holeBytes" in piece) position += piece.holeBytes;
      else {
        write(piece, position);
        position += BigInt(piece.length);
        end = position;
      }
    }
    if (end < position) about(name, () => ftruncateSync(fd, Number(position)));
  } finally {
    closeSync(fd);
  }
}

type Write = (bytes: Uint8Array, position: bigint) => void;

function directWriter(fd: number, name: string): Write {
  const file = new DirectFile(fd, name);
  return (bytes, position) => file.write(bytes, position);
}

function cachedWriter(fd: number, name: string): Write {
  return (bytes, position) => {
    for (let done = 0; done < bytes.length;) {
      // Positioned writes keep an offset over 2^53 out of JavaScript numbers only up to 8 PiB, more than any disk has.
      done += about(name, () => writeSync(fd, bytes, done, bytes.length - done, Number(position) + done));
    }
  };
}

function* send(
  name: string,
  offset: bigint,
  size: bigint | undefined,
  context: Context,
): Generator<Uint8Array | Hole, undefined> {
  const fd = openEither(name, O_RDONLY, context);
  try {
    const stat = fstatSync(fd, { bigint: true });
    if (stat.isDirectory()) throw failure(name, "EISDIR");
    const total = size ?? stat.size;
    const end = size === undefined ? undefined : offset + size;
    let sent = 0n;
    for (const piece of piecesOf({ fd, name, offset, end, stat })) {
      sent += "holeBytes" in piece ? piece.holeBytes : BigInt(piece.length);
      yield piece;
      if (total > 0n) context.progress(sent, total);
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}
function refuseNegative(what: string, value: bigint): void {
  if (value < 0n) throw new ActionError(`${what} in file is negative`, "EINVAL");
}
