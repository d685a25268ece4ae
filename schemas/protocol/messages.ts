/**
 * The fixed structs of the protocol: message header, error body, progress, file chunk. Layouts:
 *
 *     header    prog:u32 vers:u32 proc:i32 direction:i32 serial:u32 progress_hint:u64 optargs_bitmask:u64 status:i32
 *     error     errno_string:string<32> error_message:string<65536>
 *     progress  proc:i32 serial:u32 position:u64 total:u64
 *     chunk     cancel:i32 data:opaque<8192>
 *
 * Framing is in frame.ts. Source: `../shared/facts/protocol.md` §2.
 */
import { int32, struct, uint32, uint64, varOpaque, type Infer } from "@stellar/js-xdr";

import { bytesFromText, textFromBytes } from "../text.ts";
import {
  GUESTFS_DIRECTION_CALL,
  GUESTFS_DIRECTION_REPLY,
  GUESTFS_ERRNO_LEN,
  GUESTFS_ERROR_LEN,
  GUESTFS_MAX_CHUNK_SIZE,
  GUESTFS_PROGRAM,
  GUESTFS_PROTOCOL_VERSION,
  HEADER_SIZE,
} from "./constants.ts";
import { decoding, ProtocolError } from "./protocol-error.ts";

const headerType = struct("guestfs_message_header", {
  prog: uint32(),
  vers: uint32(),
  proc: int32(),
  direction: int32(),
  serial: uint32(),
  progress_hint: uint64(),
  optargs_bitmask: uint64(),
  status: int32(),
});

const errorType = struct("guestfs_message_error", {
  errno_string: varOpaque(GUESTFS_ERRNO_LEN),
  error_message: varOpaque(GUESTFS_ERROR_LEN),
});

const progressType = struct("guestfs_progress", {
  proc: int32(),
  serial: uint32(),
  position: uint64(),
  total: uint64(),
});

/** Bytes of a chunk before its data: cancel and length. */
const CHUNK_HEAD = 8;

export type MessageHeader = Infer<typeof headerType>;
export type Progress = Infer<typeof progressType>;

/** One file chunk. No data and `cancel` false is the normal end of the file. */
export interface Chunk {
  readonly cancel: boolean;
  readonly data: Uint8Array;
}

/** What an ERROR reply says: symbolic errno ("" when there is none) and text. */
export interface ErrorBody {
  readonly errno: string;
  readonly message: string;
}

/** A message split in its header and the undecoded rest. `body` borrows the message's bytes. */
export interface Message {
  readonly header: MessageHeader;
  readonly body: Uint8Array;
}

type HeaderFields = Partial<MessageHeader> & Pick<MessageHeader, "proc" | "serial">;

export function callHeader(fields: HeaderFields): MessageHeader {
  return makeHeader(GUESTFS_DIRECTION_CALL, fields);
}

export function replyHeader(fields: HeaderFields): MessageHeader {
  return makeHeader(GUESTFS_DIRECTION_REPLY, fields);
}

export function encodeHeader(header: MessageHeader): Uint8Array {
  return headerType.encode(header);
}

/** @throws ProtocolError BAD_HEADER when the message is shorter than a header */
export function splitMessage(message: Uint8Array): Message {
  if (message.length < HEADER_SIZE)
    throw new ProtocolError("BAD_HEADER", `message of ${message.length} bytes has no header`);
  const header = decoding("BAD_HEADER", "message header", () => headerType.decode(message.subarray(0, HEADER_SIZE)));
  return { header, body: message.subarray(HEADER_SIZE) };
}

/** Encodes an error body; both texts are cut to what the protocol allows. */
export function encodeError(error: ErrorBody): Uint8Array {
  return errorType.encode({
    errno_string: bytesFromText(error.errno).subarray(0, GUESTFS_ERRNO_LEN),
    error_message: bytesFromText(error.message).subarray(0, GUESTFS_ERROR_LEN),
  });
}

/** @throws ProtocolError BAD_BODY */
export function decodeError(body: Uint8Array): ErrorBody {
  const error = decoding("BAD_BODY", "error body", () => errorType.decode(body));
  return { errno: textFromBytes(error.errno_string), message: textFromBytes(error.error_message) };
}

export function encodeProgress(progress: Progress): Uint8Array {
  return progressType.encode(progress);
}

/** @throws ProtocolError BAD_PROGRESS */
export function decodeProgress(bytes: Uint8Array): Progress {
  return decoding("BAD_PROGRESS", "progress message", () => progressType.decode(bytes));
}

/** Written out, because every byte of a file passes here: a codec costs as much as the rest of a transfer. */
export function encodeChunk({ cancel, data }: Chunk): Uint8Array {
  if (data.length > GUESTFS_MAX_CHUNK_SIZE)
    throw new ProtocolError("BAD_CHUNK", `file chunk: ${data.length} bytes are over ${GUESTFS_MAX_CHUNK_SIZE}`);
  const out = new Uint8Array(CHUNK_HEAD + padded(data.length));
  const view = new DataView(out.buffer);
  view.setInt32(0, cancel ? 1 : 0);
  view.setUint32(4, data.length);
  out.set(data, CHUNK_HEAD);
  return out;
}

/**
 * The data borrows the bytes given.
 *
 * @throws ProtocolError BAD_CHUNK on a cancel word other than 0 and 1, on data with a cancellation, on bad lengths or padding
 */
export function decodeChunk(bytes: Uint8Array): Chunk {
  if (bytes.length < CHUNK_HEAD) throw new ProtocolError("BAD_CHUNK", `file chunk of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cancel = view.getInt32(0);
  const length = view.getUint32(4);
  if (length > GUESTFS_MAX_CHUNK_SIZE || bytes.length !== CHUNK_HEAD + padded(length))
    throw new ProtocolError("BAD_CHUNK", `file chunk of ${bytes.length} bytes: data length is ${length}`);
  for (let end = CHUNK_HEAD + length; end < bytes.length; end++)
    if (bytes[end] !== 0) throw new ProtocolError("BAD_CHUNK", "file chunk: padding is not zero");
  if (cancel !== 0 && cancel !== 1) throw new ProtocolError("BAD_CHUNK", `file chunk: cancel is ${cancel}`);
  if (cancel === 1 && length > 0) throw new ProtocolError("BAD_CHUNK", "file chunk: cancelled with data");
  return { cancel: cancel === 1, data: bytes.subarray(CHUNK_HEAD, CHUNK_HEAD + length) };
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

function makeHeader(direction: number, fields: HeaderFields): MessageHeader {
  return {
    prog: GUESTFS_PROGRAM,
    vers: GUESTFS_PROTOCOL_VERSION,
    direction,
    progress_hint: 0n,
    optargs_bitmask: 0n,
    status: 0,
    ...fields,
  };
}
