/**
 * The file of a FileOut call: to the channel in chunks (facts/protocol.md §6), or to a disk that the engine offered with
 * gild_bulk_out (schemas/gild-bulk.ts).
 */
import {
  BULK_CHUNKS,
  BULK_DISK,
  BULK_LEAST_OUT,
  decodeChunk,
  encodeChunk,
  frame,
  GUESTFS_MAX_CHUNK_SIZE,
  ProtocolError,
  type Hole,
} from "../schemas/index.ts";
import { BulkWriter, type BulkOut } from "./bulk.ts";
import type { Channel } from "./channel.ts";
import type { BulkDisk } from "./context.ts";
import { ActionError, FatalError, fromSystem } from "./errors.ts";
import { filled } from "./file-in.ts";
import type { Progress } from "./progress.ts";

type Piece = Uint8Array | Hole;

/** Bytes of a framed chunk besides its data. */
const CHUNK_OVERHEAD = 12;
/** What is sent without looking for a cancellation: whole chunks. */
const SLICE_BYTES = 32 * GUESTFS_MAX_CHUNK_SIZE;

export interface Transfer {
  readonly channel: Channel;
  /** The disk that was offered. */
  readonly bulk: BulkOut | undefined;
  readonly progress: Progress;
  readonly log: (message: string) => void;
}

/** Sends a file and its end; a failure is told by a cancelled chunk. */
export function sendFile(pieces: Iterable<Piece>, { channel, bulk, progress, log }: Transfer): void {
  try {
    const uncancelled = untilCancelled(channel, pieces);
    if (bulk === undefined) sendChunks(channel, uncancelled);
    else sendThroughDisk(channel, uncancelled, bulk);
  } catch (error) {
    if (error instanceof FatalError || error instanceof ProtocolError) throw error;
    log(`file transfer: ${fromSystem(error).message}`);
    channel.write(frame(encodeChunk({ cancel: true, data: new Uint8Array() })));
    return;
  }
  progress.finish();
  channel.write(frame(encodeChunk({ cancel: false, data: new Uint8Array() })));
}

function* untilCancelled(channel: Channel, pieces: Iterable<Piece>): Generator<Piece> {
  for (const piece of pieces) {
    refuseCancel(channel);
    yield piece;
  }
}

function refuseCancel(channel: Channel): void {
  if (channel.takeCancel()) throw new ActionError("cancelled by the library");
}

function sendChunks(channel: Channel, pieces: Iterable<Piece>): void {
  for (const piece of pieces) {
    for (const bytes of "holeBytes" in piece ? filled([piece]) : [piece]) {
      // A library that cancels is heard between two slices, however large the pieces are.
      for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
        refuseCancel(channel);
        channel.write(chunksOf(bytes.subarray(start, start + SLICE_BYTES)));
      }
    }
  }
}

function sendThroughDisk(channel: Channel, pieces: Iterable<Piece>, bulk: BulkOut): void {
  const source = pieces[Symbol.iterator]();
  try {
    const begin: Piece[] = [];
    let next = source.next();
    for (let size = 0n; next.done !== true; next = source.next()) {
      const { value } = next;
      size += "holeBytes" in value ? value.holeBytes : BigInt(value.length);
      if (size >= BULK_LEAST_OUT) break;
      begin.push("holeBytes" in value ? value : new Uint8Array(value));
    }
    const all = resumed(begin, next, source);
    if (next.done === true) channel.write(chunksOf(Uint8Array.of(BULK_CHUNKS)));
    else if (isOffered(channel)) {
      sendRest(channel, all, bulk);
      return;
    }
    sendChunks(channel, all);
  } finally {
    source.return?.();
  }
}

/** Asks for the disk. */
function isOffered(channel: Channel): boolean {
  channel.write(chunksOf(Uint8Array.of(BULK_DISK)));
  const answer = channel.next();
  if (answer.type === "cancel") throw new ActionError("cancelled by the library");
  if (answer.type !== "data") throw new ProtocolError("UNEXPECTED_FLAG", `${answer.type} flag instead of an answer`);
  return decodeChunk(answer.bytes).data[0] === BULK_DISK;
}

/** What finds room goes to the disk, the rest to the channel; a disk that is not there after all has no room. */
function sendRest(channel: Channel, pieces: Iterable<Piece>, bulk: BulkOut): void {
  let writer: BulkWriter | undefined;
  let disk: BulkDisk | undefined;
  try {
    disk = bulk.open();
    writer = new BulkWriter(disk);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
  }
  const length = Buffer.alloc(8);
  let rest: Iterator<Piece>;
  let first: IteratorResult<Piece>;
  try {
    rest = (writer === undefined ? pieces : writer.store(pieces))[Symbol.iterator]();
    first = rest.next();
  } finally {
    disk?.close();
  }
  length.writeBigUInt64BE(writer?.length ?? 0n);
  channel.write(chunksOf(length));
  sendChunks(channel, resumed([], first, rest));
}

/** An iteration that has begun, to its end; left early, it is closed. */
export function* resumed(
  begin: readonly Piece[],
  next: IteratorResult<Piece>,
  source: Iterator<Piece>,
): Generator<Piece> {
  try {
    yield* begin;
    for (let piece = next; piece.done !== true; piece = source.next()) yield piece.value;
  } finally {
    source.return?.();
  }
}

/**
 * Bytes as file chunks, each in its frame, in one buffer: length:u32 cancel:i32 size:u32 data pad. Built here rather than with
 * encodeChunk and frame, which would copy every byte three times.
 */
function chunksOf(bytes: Uint8Array): Uint8Array {
  const count = Math.ceil(bytes.length / GUESTFS_MAX_CHUNK_SIZE);
  const last = Math.ceil((bytes.length % GUESTFS_MAX_CHUNK_SIZE) / 4) * 4;
  const whole = last === 0 ? count : count - 1;
  const out = Buffer.alloc(count * CHUNK_OVERHEAD + whole * GUESTFS_MAX_CHUNK_SIZE + last);
  let offset = 0;
  for (let start = 0; start < bytes.length; start += GUESTFS_MAX_CHUNK_SIZE) {
    const data = bytes.subarray(start, start + GUESTFS_MAX_CHUNK_SIZE);
    const padded = Math.ceil(data.length / 4) * 4;
    out.writeUInt32BE(CHUNK_OVERHEAD - 4 + padded, offset);
    out.writeUInt32BE(data.length, offset + 8);
    out.set(data, offset + CHUNK_OVERHEAD);
    offset += CHUNK_OVERHEAD + padded;
  }
  return out;
}
