/**
 * Where the bytes of a FileIn argument come from: host path, bytes, or a stream. Opens before the call is made, so that a
 * missing file costs no traffic. Does not cut chunks (call.ts).
 */
import { constants, openSync } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { Socket } from "node:net";
import { getSystemErrorMap } from "node:util";

import type { FileSource } from "../schemas/index.ts";
import { errnoOf, GuestfsError, messageOf } from "./errors.ts";

const READ_SIZE = 64 * 1024;

/** A regular file of the host. */
export interface SourceFile {
  readonly handle: FileHandle;
  /** For messages. */
  readonly path: string;
}

export interface OpenSource {
  /** Set when the bytes are those of a regular file, whole; its size is then known. */
  readonly file?: SourceFile;
  /** Size in bytes where it is known, else 0: the call's progress hint. */
  readonly sizeHint: bigint;
  /** The bytes in order, pieces of any size. */
  readonly pieces: AsyncIterator<Uint8Array>;
  close(): Promise<void>;
}

/** @throws GuestfsError with the errno of the local file */
export async function openSource(action: string, source: FileSource): Promise<OpenSource> {
  if (typeof source === "string") return openPath(action, source);
  if (source instanceof Uint8Array) {
    return { sizeHint: BigInt(source.length), pieces: onePiece(source), close: () => Promise.resolve() };
  }
  const pieces = source[Symbol.asyncIterator]();
  return {
    sizeHint: 0n,
    pieces,
    close() {
      // Not awaited: a generator that still waits for its next piece (after an abort) returns only when that has come.
      pieces.return?.().catch(() => undefined);
      return Promise.resolve();
    },
  };
}

/** A failure of a local file as the error of the action. */
export function localError(action: string, path: string, error: unknown): GuestfsError {
  const number = error instanceof Error && "errno" in error ? error.errno : undefined;
  const text = typeof number === "number" ? getSystemErrorMap().get(number)?.[1] : undefined;
  return new GuestfsError(action, errnoOf(error), `${path}: ${text ?? messageOf(error)}`, { cause: error });
}

async function openPath(action: string, path: string): Promise<OpenSource> {
  try {
    if ((await stat(path)).isFIFO()) return openFifo(path);
    const handle = await open(path, "r");
    const found = await handle.stat();
    return {
      ...(found.isFile() ? { file: { handle, path } } : {}),
      sizeHint: found.isFile() ? BigInt(found.size) : 0n,
      pieces: readPieces(handle, action, path),
      close: () => handle.close(),
    };
  } catch (error) {
    throw localError(action, path, error);
  }
}

/** Waits for a writer and its bytes as for those of a socket: a blocked open() or read() could not be given up. */
function openFifo(path: string): OpenSource {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  const pieces: AsyncIterator<Uint8Array> = socket[Symbol.asyncIterator]();
  return {
    sizeHint: 0n,
    pieces,
    close() {
      socket.destroy();
      return Promise.resolve();
    },
  };
}

/** A file from where it was read last. @throws GuestfsError with the errno of the file */
export async function* readPieces(file: FileHandle, action: string, path: string): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(READ_SIZE);
    let size: number;
    try {
      size = (await file.read(buffer, 0, READ_SIZE, null)).bytesRead;
    } catch (error) {
      throw localError(action, path, error);
    }
    if (size === 0) return;
    yield buffer.subarray(0, size);
  }
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
