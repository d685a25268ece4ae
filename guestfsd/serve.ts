/**
 * The main loop: one call at a time, from the channel to dispatch and back, with file streams, cancellation in both
 * directions and progress (facts/protocol.md §4 to §7). What the actions do is none of its business.
 */
import {
  encodeChunk,
  encodeError,
  encodeHeader,
  flagWord,
  frame,
  decodeChunk,
  GUESTFS_CANCEL_FLAG,
  GUESTFS_DIRECTION_CALL,
  GUESTFS_LAUNCH_FLAG,
  GUESTFS_MAX_CHUNK_SIZE,
  GUESTFS_PROGRAM,
  GUESTFS_PROTOCOL_VERSION,
  GUESTFS_STATUS_ERROR,
  GUESTFS_STATUS_OK,
  ProtocolError,
  replyHeader,
  splitMessage,
  type Message,
  type MessageHeader,
} from "../schemas/index.ts";
import type { Channel } from "./channel.ts";
import type { Commands, Context, Devices, Kept, Sysroot } from "./context.ts";
import { carriesFileIn, dispatch, type Procedure } from "./dispatch.ts";
import { ActionError, FatalError, fromSystem } from "./errors.ts";
import type { TreeReader } from "./native/tree.ts";
import { createProgress, type Progress } from "./progress.ts";

/** Bytes of a framed chunk besides its data. */
const CHUNK_OVERHEAD = 12;
/** Most bytes of an uploaded file that a handler is given at once. */
const PIECE_SIZE = 8 * GUESTFS_MAX_CHUNK_SIZE;

export interface Server {
  readonly channel: Channel;
  readonly procedures: ReadonlyMap<number, Procedure>;
  readonly sysroot: Sysroot;
  readonly command: Commands;
  readonly devices: Devices;
  readonly tree: TreeReader;
  readonly kept: Map<string, Kept>;
  readonly log: (message: string) => void;
  readonly nowMs: () => number;
}

/** Says that the daemon is there: the first word on the channel. */
export function announce(server: Server): void {
  server.channel.write(flagWord(GUESTFS_LAUNCH_FLAG));
}

/**
 * Serves calls until the channel ends.
 *
 * @throws ChannelClosedError when the library has gone; ProtocolError, FatalError when it makes no sense to go on
 */
export function serve(server: Server): never {
  for (;;) serveCall(server);
}

/** Serves the next call. */
export function serveCall(server: Server): void {
  const { header, body } = readCall(server.channel);
  const procedure = server.procedures.get(header.proc);
  const progress = createProgress(header, (bytes) => server.channel.write(bytes), server.nowMs);
  const upload = carriesFileIn(header.proc, procedure) ? new Upload(server.channel, header, progress) : undefined;
  const context = makeContext(server, procedure?.name ?? `procedure ${header.proc}`, upload, progress);
  server.log(`${context.action}: called`);

  try {
    checkHeader(header);
    const outcome = dispatch(procedure, header, body, context);
    if (outcome.kind === "stream") {
      sendStream(server, header, outcome.bytes, progress);
      return;
    }
    upload?.finish();
    progress.finish();
    reply(server.channel, header, outcome.body);
  } catch (caught) {
    const error = fromSystem(caught);
    server.log(`${context.action}: ${error.message}`);
    upload?.refuse();
    progress.finish();
    replyError(server.channel, header, error);
  }
}

function readCall(channel: Channel): Message {
  for (;;) {
    const unit = channel.next();
    if (unit.type === "data") return splitMessage(unit.bytes);
    // A cancellation that came after the last byte of the download it was meant for.
    if (unit.type !== "cancel") throw new ProtocolError("UNEXPECTED_FLAG", `${unit.type} flag instead of a call`);
  }
}

function checkHeader(header: MessageHeader): void {
  if (header.prog !== GUESTFS_PROGRAM) throw new ActionError(`wrong program (${header.prog})`);
  if (header.vers !== GUESTFS_PROTOCOL_VERSION) throw new ActionError(`wrong protocol version (${header.vers})`);
  if (header.direction !== GUESTFS_DIRECTION_CALL) throw new ActionError(`unexpected direction (${header.direction})`);
  if (header.status !== GUESTFS_STATUS_OK) throw new ActionError(`unexpected status (${header.status})`);
}

function makeContext(server: Server, action: string, upload: Upload | undefined, progress: Progress): Context {
  const { sysroot, command, devices, tree, kept, log } = server;
  return {
    sysroot,
    command,
    devices,
    tree,
    kept,
    action,
    log,
    chunks() {
      if (upload === undefined) throw new TypeError(`${action}: takes no file`);
      return upload.chunks();
    },
    progress: (position, total) => progress.report(position, total),
  };
}

function reply(channel: Channel, { proc, serial }: MessageHeader, body: Uint8Array): void {
  channel.write(frame(encodeHeader(replyHeader({ proc, serial })), body));
}

function replyError(channel: Channel, { proc, serial }: MessageHeader, error: ActionError): void {
  const header = encodeHeader(replyHeader({ proc, serial, status: GUESTFS_STATUS_ERROR }));
  channel.write(frame(header, encodeError(error)));
}

/** The chunks of a FileIn call. */
class Upload {
  readonly #channel: Channel;
  readonly #total: bigint;
  readonly #progress: Progress;
  #state: "open" | "ended" | "cancelled" = "open";
  #received = 0n;

  constructor(channel: Channel, header: MessageHeader, progress: Progress) {
    this.#channel = channel;
    this.#total = header.progress_hint;
    this.#progress = progress;
  }

  /** The file in pieces of several chunks: each piece costs its reader some system calls. */
  *chunks(): Generator<Uint8Array> {
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

  /** After the handler succeeded: reads what it left, and fails if the library had cancelled. */
  finish(): void {
    while (this.#next() !== undefined);
  }

  /** After the call failed: asks the library to stop, and throws away what it sends until it does. */
  refuse(): void {
    if (this.#state !== "open") return;
    this.#channel.write(flagWord(GUESTFS_CANCEL_FLAG));
    while (this.#state === "open") this.#receive();
  }

  /** Data of the next chunk; undefined at the end. */
  #next(): Uint8Array | undefined {
    const data = this.#state === "open" ? this.#receive() : undefined;
    // Said again to a handler that asks again, or swallowed the error.
    if (this.#state === "cancelled") throw new ActionError("file upload cancelled");
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

/**
 * Sends the file of a FileOut call. The first bytes are pulled before the reply, so that a failure at the start is an
 * ERROR reply; later ones can only be told by a cancelled chunk.
 */
function sendStream(server: Server, header: MessageHeader, bytes: Iterable<Uint8Array>, progress: Progress): void {
  const { channel } = server;
  const source = bytes[Symbol.iterator]();
  let piece = source.next();
  reply(channel, header, new Uint8Array());
  try {
    for (; piece.done !== true; piece = source.next()) {
      if (channel.takeCancel()) throw new ActionError("cancelled by the library");
      channel.write(chunksOf(piece.value));
    }
  } catch (error) {
    if (error instanceof FatalError || error instanceof ProtocolError) throw error;
    server.log(`file transfer: ${fromSystem(error).message}`);
    source.return?.();
    channel.write(frame(encodeChunk({ cancel: true, data: new Uint8Array() })));
    return;
  }
  progress.finish();
  channel.write(frame(encodeChunk({ cancel: false, data: new Uint8Array() })));
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
