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

const chunkType = struct("guestfs_chunk", {
  cancel: int32(),
  data: varOpaque(GUESTFS_MAX_CHUNK_SIZE),
});

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

export function encodeChunk(chunk: Chunk): Uint8Array {
  return chunkType.encode({ cancel: chunk.cancel ? 1 : 0, data: chunk.data });
}

/** @throws ProtocolError BAD_CHUNK on a cancel word other than 0 and 1, on data with a cancellation, on bad lengths or padding */
export function decodeChunk(bytes: Uint8Array): Chunk {
  const { cancel, data } = decoding("BAD_CHUNK", "file chunk", () => chunkType.decode(bytes));
  if (cancel !== 0 && cancel !== 1) throw new ProtocolError("BAD_CHUNK", `file chunk: cancel is ${cancel}`);
  if (cancel === 1 && data.length > 0) throw new ProtocolError("BAD_CHUNK", "file chunk: cancelled with data");
  return { cancel: cancel === 1, data };
}

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
