/**
 * Where the bytes of a FileOut argument go: a host path or a function. A path is created (or truncated) only when the
 * daemon has agreed to send. Does not know chunks (call.ts).
 */
import { open, type FileHandle } from "node:fs/promises";

import type { FileSink } from "../schemas/index.ts";
import { localError } from "./file-source.ts";

const WRITE_SIZE = 256 * 1024;

export interface OpenSink {
  /** Set for a host path. */
  readonly file?: FileHandle;
  /** Before the first write: what the file has up to here (bytes) stays, what comes is written behind it. */
  startAt(position: bigint): Promise<void>;
  write(bytes: Uint8Array): Promise<void> | void;
  /** Writes what is buffered and closes. */
  finish(): Promise<void>;
  /** Closes without writing more. Never throws. */
  abandon(): Promise<void>;
}

/** @throws GuestfsError with the errno of the local file, as do its functions */
export async function openSink(action: string, sink: FileSink): Promise<OpenSink> {
  if (typeof sink === "function") {
    return {
      startAt: () => Promise.resolve(),
      write: sink,
      finish: () => Promise.resolve(),
      abandon: () => Promise.resolve(),
    };
  }
  try {
    return fileSink(action, sink, await open(sink, "w", 0o666));
  } catch (error) {
    throw localError(action, sink, error);
  }
}

function fileSink(action: string, path: string, file: FileHandle): OpenSink {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let position: number | null = null;

  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(pieces);
    pieces = [];
    size = 0;
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, done, undefined, position);
        done += bytesWritten;
        if (position !== null) position += bytesWritten;
      }
    } catch (error) {
      throw localError(action, path, error);
    }
  };

  return {
    file,
    async startAt(start) {
      position = Number(start);
      try {
        await file.truncate(position);
      } catch (error) {
        throw localError(action, path, error);
      }
    },
    write(bytes) {
      pieces.push(bytes);
      size += bytes.length;
      return size >= WRITE_SIZE ? flush() : undefined;
    },
    async finish() {
      try {
        await flush();
      } finally {
        await file.close();
      }
    },
    async abandon() {
      await file.close().catch(() => undefined);
    },
  };
}
