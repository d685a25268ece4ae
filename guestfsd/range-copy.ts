/**
 * Copies a range of bytes from one open file or device to another, directly where both sides let us (direct-file.ts; sendfile,
 * splice and read/write were measured). Opens nothing.
 */
import { DirectFile } from "./direct-file.ts";
import { about, ActionError } from "./errors.ts";
import { alignedBuffer, nextData } from "./native/file-range.ts";

/** One end of a copy. */
export interface Place {
  readonly fd: number;
  /** For messages. */
  readonly name: string;
  /** First byte, from the start of the file. */
  readonly offset: bigint;
}

export interface RangeCopy {
  readonly from: Place;
  readonly to: Place;
  /** Bytes; the source must have them. */
  readonly length: bigint;
  /** Blocks of zeroes are not written. */
  readonly sparse: boolean;
  readonly progress: (done: bigint, total: bigint) => void;
}

const PIECE = 4 * 1024 * 1024;
/** Direct input and output goes by whole sectors. */
const SECTOR = 512;
const SPARSE_BLOCK = 64 * 1024;
const ZEROES = Buffer.alloc(SPARSE_BLOCK);

/** @throws ActionError EIO when the source is shorter than said; ENOSPC and others about the side that failed */
export function copyRange({ from, to, length, sparse, progress }: RangeCopy): void {
  const buffer = alignedBuffer(PIECE);
  const source = new DirectFile(from.fd, from.name);
  const target = new DirectFile(to.fd, to.name);
  for (let done = 0n; done < length;) {
    if (sparse) {
      const data = about(from.name, () => nextData(from.fd, from.offset + done));
      done = data === undefined ? length : data - from.offset;
      if (done >= length) break;
    }
    const piece = buffer.subarray(0, pieceSize(length - done));
    readAll(source, piece, from.offset + done, from.name);
    for (const [start, end] of sparse ? dataRuns(piece) : [[0, piece.length] as const]) {
      target.write(piece.subarray(start, end), to.offset + done + BigInt(start));
    }
    done += BigInt(piece.length);
    progress(done, length);
  }
}

/** What is left after whole sectors is a piece of its own. */
function pieceSize(left: bigint): number {
  if (left >= PIECE) return PIECE;
  const rest = Number(left);
  return rest < SECTOR ? rest : rest - (rest % SECTOR);
}

/** Ranges of a piece that do not hold zeroes alone. */
function* dataRuns(piece: Buffer): Generator<readonly [start: number, end: number]> {
  let start = 0;
  for (let at = 0; at < piece.length; at += SPARSE_BLOCK) {
    const block = piece.subarray(at, at + SPARSE_BLOCK);
    if (!block.equals(ZEROES.subarray(0, block.length))) continue;
    if (at > start) yield [start, at];
    start = at + block.length;
  }
  if (piece.length > start) yield [start, piece.length];
}

/** Fills a piece. */
function readAll(file: DirectFile, piece: Buffer, position: bigint, name: string): void {
  for (let size = 0; size < piece.length;) {
    const got = file.read(piece.subarray(size), position + BigInt(size));
    if (got === 0) throw new ActionError(`${name}: input too short`, "EIO");
    size += got;
  }
}
