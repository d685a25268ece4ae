/**
 * Copies a range of bytes from one open file or device to another. Fast under emulation above all: memory moved twice less
 * where both sides take direct input and output (4 to 6 times quicker there than through the kernel's cache; sendfile,
 * splice and read/write were measured). Opens nothing.
 */
import { readSync, writeSync } from "node:fs";

import { about, ActionError, errnoCode } from "./errors.ts";
import { alignedBuffer, nextData, setDirect } from "./native/file-range.ts";

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
/** Direct input and output goes by whole sectors. Where they are larger, the system call says so. */
const SECTOR = 512;
const SPARSE_BLOCK = 64 * 1024;
const ZEROES = Buffer.alloc(SPARSE_BLOCK);

/** @throws ActionError EIO when the source is shorter than said; ENOSPC and others about the side that failed */
export function copyRange({ from, to, length, sparse, progress }: RangeCopy): void {
  const buffer = alignedBuffer(PIECE);
  const source = new Side(from);
  const target = new Side(to);
  for (let done = 0n; done < length;) {
    if (sparse) {
      const data = about(from.name, () => nextData(from.fd, from.offset + done));
      done = data === undefined ? length : data - from.offset;
      if (done >= length) break;
    }
    const piece = buffer.subarray(0, pieceSize(length - done));
    source.read(piece, done);
    for (const [start, end] of sparse ? dataRuns(piece) : [[0, piece.length] as const]) {
      target.write(piece.subarray(start, end), done + BigInt(start));
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

/** A descriptor that is read or written directly where it lets us. */
class Side {
  readonly #place: Place;
  #direct = false;
  #canBeDirect = true;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Fills a piece. @param done bytes copied before it */
  read(piece: Buffer, done: bigint): void {
    this.#transfer(piece, done, (rest, position) => {
      const size = readSync(this.#place.fd, rest, 0, rest.length, position);
      if (size === 0) throw new ActionError(`${this.#place.name}: input too short`, "EIO");
      return size;
    });
  }

  write(piece: Buffer, done: bigint): void {
    // Number holds offsets up to 8 PiB, more than any disk has.
    this.#transfer(piece, done, (rest, position) => writeSync(this.#place.fd, rest, 0, rest.length, Number(position)));
  }

  #transfer(piece: Buffer, done: bigint, transfer: (rest: Buffer, position: bigint) => number): void {
    const { name, offset } = this.#place;
    about(name, () => {
      for (let size = 0; size < piece.length;) {
        const rest = piece.subarray(size);
        const position = offset + done + BigInt(size);
        this.#choose(position % BigInt(SECTOR) === 0n && rest.length % SECTOR === 0);
        try {
          size += transfer(rest, position);
        } catch (error) {
          // A filesystem may refuse only when it is asked to do it.
          if (!this.#direct || errnoCode(error) !== "EINVAL") throw error;
          this.#canBeDirect = false;
        }
      }
    });
  }

  #choose(aligned: boolean): void {
    const direct = aligned && this.#canBeDirect;
    if (direct === this.#direct) return;
    try {
      setDirect(this.#place.fd, direct);
      this.#direct = direct;
    } catch (error) {
      if (errnoCode(error) !== "EINVAL") throw error;
      this.#canBeDirect = false;
    }
  }
}
