/**
 * A source without a file, in a file: what is large enough for a disk is written to one that has no name. Sources that turn out
 * small stay in memory, and where the host has no room the rest goes on as it came.
 */
import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

import { readPieces, type OpenSource } from "../file-source.ts";

/** @param next gives the source's next piece; throws what ends the call */
export async function spool(
  input: OpenSource,
  next: () => Promise<IteratorResult<Uint8Array>>,
  { leastBytes, tmpdir }: { readonly leastBytes: number; readonly tmpdir: string },
): Promise<OpenSource> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (size < leastBytes) {
    const piece = await next();
    if (piece.done === true) return { ...input, sizeHint: BigInt(size), pieces: resumed(pieces, undefined) };
    pieces.push(piece.value);
    size += piece.value.length;
  }

  const rest = resumed(pieces, next);
  const file = await nameless(tmpdir);
  if (file === undefined) return { ...input, pieces: rest };
  const close = async (): Promise<void> => {
    await input.close();
    await file.close();
  };
  try {
    let written = 0;
    for await (const piece of rest) {
      let done = 0;
      try {
        while (done < piece.length) done += (await file.write(piece, done, undefined, written + done)).bytesWritten;
      } catch {
        return { ...input, close, pieces: afterFile(file, written + done, piece.subarray(done), next) };
      }
      written += piece.length;
    }
    const sizeHint = BigInt(written);
    return { sizeHint, file: { handle: file, path: "the stream" }, pieces: readPieces(file, "", ""), close };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function nameless(tmpdir: string): Promise<FileHandle | undefined> {
  const path = join(tmpdir, "bulk");
  try {
    const file = await open(path, "wx+", 0o600);
    await rm(path);
    return file;
  } catch {
    return undefined;
  }
}

async function* resumed(
  pieces: readonly Uint8Array[],
  next: (() => Promise<IteratorResult<Uint8Array>>) | undefined,
): AsyncGenerator<Uint8Array> {
  yield* pieces;
  if (next === undefined) return;
  for (let piece = await next(); piece.done !== true; piece = await next()) yield piece.value;
}

async function* afterFile(
  file: FileHandle,
  size: number,
  piece: Uint8Array,
  next: () => Promise<IteratorResult<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < size;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(1024 * 1024), 0, undefined, position);
    yield buffer.subarray(0, Math.min(bytesRead, size - position));
    position += bytesRead;
  }
  yield* resumed([piece], next);
}
