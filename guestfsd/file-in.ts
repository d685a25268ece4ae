/**
 * The file of a FileIn call: from the channel in chunks (facts/protocol.md §6), or from a disk that gild_bulk_in prepared. Says
 * how far it is. What becomes of the bytes is the handler's matter.
 */
import {
  decodeChunk,
  flagWord,
  GUESTFS_CANCEL_FLAG,
  GUESTFS_MAX_CHUNK_SIZE,
  ProtocolError,
  type Hole,
} from "../schemas/index.ts";
import type { BulkIn } from "./bulk.ts";
import type { Channel } from "./channel.ts";
import type { IncomingFile } from "./context.ts";
import { ActionError } from "./errors.ts";
import type { Progress } from "./progress.ts";

/** Most bytes of an uploaded file that a handler is given at once. */
const PIECE_SIZE = 8 * GUESTFS_MAX_CHUNK_SIZE;
const ZEROES = new Uint8Array(PIECE_SIZE);

export interface FileIn extends IncomingFile {
  /** After the handler succeeded: reads what it left, and fails if the library had cancelled. */
  finish(): void;
  /** After the call failed: asks the library to stop, and throws away what it sends until it does. */
  refuse(): void;
}

/** Holes as zeroes. */
export function* filled(pieces: Iterable<Uint8Array | Hole>): Generator<Uint8Array> {
  for (const piece of pieces) {
    if (!("holeBytes" in piece)) yield piece;
    else for (let left = piece.holeBytes; left > 0n; left -= BigInt(ZEROES.length)) yield zeroes(left);
  }
}

function zeroes(size: bigint): Uint8Array {
  return size < ZEROES.length ? ZEROES.subarray(0, Number(size)) : ZEROES;
}

/** The chunks of a FileIn call. */
export class ChannelFile implements FileIn {
  readonly bulk = false;
  readonly #channel: Channel;
  readonly #total: bigint;
  readonly #progress: Progress;
  #state: "open" | "ended" | "cancelled" = "open";
  #received = 0n;

  /** @param total bytes that will come; 0 when not known */
  constructor(channel: Channel, total: bigint, progress: Progress) {
    this.#channel = channel;
    this.#total = total;
    this.#progress = progress;
  }

  /** In pieces of several chunks: each piece costs its reader some system calls. */
  *pieces(): Generator<Uint8Array> {
    for (let piece = this.#piece(); piece.length > 0; piece = this.#piece()) {
      this.#received += BigInt(piece.length);
      if (this.#total > 0n) this.#progress.report(this.#received, this.#total);
      yield piece;
    }
  }

  #piece(): Uint8Array {
    const piece = Buffer.allocUnsafeSlow(PIECE_SIZE);
    let size = 0;
    while (size + GUESTFS_MAX_CHUNK_SIZE <= PIECE_SIZE) {
      const data = this.#next();
      if (data === undefined) break;
      piece.set(data, size);
      size += data.length;
    }
    return piece.subarray(0, size);
  }

  finish(): void {
    while (this.#next() !== undefined);
  }

  refuse(): void {
    if (this.#state !== "open") return;
    this.#channel.write(flagWord(GUESTFS_CANCEL_FLAG));
    while (this.#state === "open") this.#receive();
  }

  /** Data of the next chunk; undefined at the end. */
  #next(): Uint8Array | undefined {
    const data = this.#state === "open" ? this.#receive() : undefined;
    // Said again to a handler that asks again, or swallowed the error.
    if (this.#state === "cancelled") throw cancelled();
    return data;
  }

  #receive(): Uint8Array | undefined {
    const unit = this.#channel.next();
    if (unit.type === "cancel") return this.#receive();
    if (unit.type !== "data") throw new ProtocolError("UNEXPECTED_FLAG", `${unit.type} flag instead of a file chunk`);
    const { cancel, data } = decodeChunk(unit.bytes);
    if (cancel) this.#state = "cancelled";
    else if (data.length === 0) this.#state = "ended";
    return this.#state === "open" ? data : undefined;
  }
}

/** A file on a disk. The end of the chunks comes with the call, so that the channel is free for the library to cancel. */
export class BulkFile implements FileIn {
  readonly bulk = true;
  readonly #channel: Channel;
  readonly #source: BulkIn;
  readonly #progress: Progress;
  #cancelled = false;

  constructor(channel: Channel, source: BulkIn, progress: Progress) {
    this.#channel = channel;
    this.#source = source;
    this.#progress = progress;
    new ChannelFile(channel, 0n, progress).finish();
  }

  *pieces(): Generator<Uint8Array | Hole> {
    let done = 0n;
    for (const piece of this.#source.pieces()) {
      this.finish();
      done += "holeBytes" in piece ? piece.holeBytes : BigInt(piece.length);
      this.#progress.report(done, this.#source.sizeBytes);
      yield piece;
    }
  }

  finish(): void {
    if (this.#channel.takeCancel()) this.#cancelled = true;
    if (this.#cancelled) throw cancelled();
  }

  refuse(): void {
    // The library has sent all that it sends.
  }
}

const cancelled = (): ActionError => new ActionError("file upload cancelled");
