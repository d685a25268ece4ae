/** A client of the memory daemon for tests of the daemon alone: one call, its whole answer. No typing, no states. */
import {
  actions,
  callHeader,
  decodeChunk,
  decodeError,
  decodeResult,
  encodeArgs,
  encodeChunk,
  encodeHeader,
  frame,
  FrameDecoder,
  gildActions,
  GUESTFS_MAX_CHUNK_SIZE,
  splitMessage,
  streamArg,
  textFromBytes,
  type AnyAction,
  type Chunk,
  type MessageHeader,
  type Unit,
  type WireArgs,
} from "../../schemas/index.ts";

export interface Answer {
  readonly header: MessageHeader;
  readonly error: { readonly errno: string; readonly message: string } | undefined;
  readonly result: unknown;
  /** Bytes of a FileOut call; undefined for others and when it was cancelled. */
  readonly file: Uint8Array | undefined;
  /** Everything that came, in order. */
  readonly units: readonly Unit[];
}

type Handle = (bytes: Uint8Array) => Uint8Array;

const SERIAL = 0x00123400;

export function actionNamed(name: string): AnyAction {
  const table: Readonly<Record<string, AnyAction>> = { ...actions, ...gildActions };
  const action = table[name];
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}

/** Bytes of a call, with its file when it has one. */
export function callBytes(name: string, args: WireArgs = {}, file?: Uint8Array | string): Uint8Array {
  const action = actionNamed(name);
  const { bytes, optargsBitmask } = encodeArgs(action, args);
  const header = callHeader({ proc: action.proc, serial: SERIAL, optargs_bitmask: optargsBitmask });
  const call = frame(encodeHeader(header), bytes);
  return streamArg(action)?.direction === "in" ? Buffer.concat([call, fileChunks(file ?? "")]) : call;
}

/** A file as chunks, the last one included. */
export function fileChunks(file: Uint8Array | string): Uint8Array {
  const bytes = Buffer.from(file);
  const frames: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += GUESTFS_MAX_CHUNK_SIZE) {
    frames.push(chunkFrame({ cancel: false, data: bytes.subarray(start, start + GUESTFS_MAX_CHUNK_SIZE) }));
  }
  return Buffer.concat([...frames, chunkFrame({ cancel: false, data: new Uint8Array() })]);
}

export const chunkFrame = (chunk: Chunk): Uint8Array => frame(encodeChunk(chunk));

/** Units in a piece of the daemon's output. */
export function unitsOf(bytes: Uint8Array): Unit[] {
  const decoder = new FrameDecoder();
  decoder.push(bytes);
  const units: Unit[] = [];
  for (let unit = decoder.next(); unit !== undefined; unit = decoder.next()) units.push(unit);
  return units;
}

/** Makes one call and takes its answer apart. */
export function call(handle: Handle, name: string, args: WireArgs = {}, file?: Uint8Array | string): Answer {
  return answerOf(actionNamed(name), handle(callBytes(name, args, file)));
}

/** Takes the daemon's answer to one call apart. */
export function answerOf(action: AnyAction, bytes: Uint8Array): Answer {
  const units = unitsOf(bytes);
  const [reply, ...chunks] = units.filter((unit) => unit.type === "data");
  if (reply === undefined) throw new Error("no reply");
  const { header, body } = splitMessage(reply.bytes);
  if (header.status !== 0) return { header, error: decodeError(body), result: undefined, file: undefined, units };

  const pieces = chunks.map((unit) => decodeChunk(unit.bytes));
  const cancelled = pieces.some(({ cancel }) => cancel);
  const isDownload = streamArg(action)?.direction === "out";
  const file = isDownload && !cancelled ? Buffer.concat(pieces.map(({ data }) => data)) : undefined;
  return { header, error: undefined, result: decodeResult(action, body), file, units };
}

/** A file received, as text. */
export const textOf = ({ file }: Answer): string => textFromBytes(file ?? new Uint8Array());
