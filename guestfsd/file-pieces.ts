/**
 * What is in an open file or device, in order, with its holes: large ones are read directly, in large pieces. A piece is valid
 * until the next one. Opens and closes nothing.
 */
import { readSync, type BigIntStats } from "node:fs";

import type { Hole } from "../schemas/index.ts";
import { DirectFile } from "./direct-file.ts";
import { about } from "./errors.ts";
import { alignedBuffer, nextData, nextHole } from "./native/file-range.ts";

export interface PieceOptions {
  readonly fd: number;
  /** For messages. */
  readonly name: string;
  /** Where to begin, bytes. */
  readonly offset: bigint;
  /** Where to end at the latest; undefined: where the file does. */
  readonly end: bigint | undefined;
  readonly stat: BigIntStats;
}

type Read = (into: Buffer, position: bigint) => number;

/** Files of this size on are read directly. */
const LARGE = 512 * 1024;
const LARGE_PIECE = 4 * 1024 * 1024;
const SMALL_PIECE = 64 * 1024;
const BLOCK = 512n;

export function* piecesOf(options: PieceOptions): Generator<Uint8Array | Hole> {
  const { fd, name, offset, end, stat } = options;
  const hasHoles = stat.isFile() && stat.blocks * BLOCK < stat.size;
  const isLarge = stat.isBlockDevice() || (stat.isFile() && stat.size >= LARGE);
  const buffer = isLarge ? alignedBuffer(LARGE_PIECE) : Buffer.allocUnsafe(SMALL_PIECE);
  const read = isLarge ? direct(fd, name) : cached(fd, name);

  for (let position = offset; isBefore(position, end);) {
    const run = hasHoles ? about(name, () => nextRun(fd, position, stat.size)) : { start: position, end: undefined };
    const start = least(run.start, end);
    if (start > position) yield { holeBytes: start - position };
    position = start;
    const stop = run.end === undefined ? end : least(run.end, end);
    while (isBefore(position, stop)) {
      const left = stop === undefined ? buffer.length : Number(least(stop - position, BigInt(buffer.length)));
      const got = read(buffer.subarray(0, left), position);
      if (got === 0) return;
      yield buffer.subarray(0, got);
      position += BigInt(got);
    }
    if (start === run.end) return;
  }
}

/** The next data at or after a position; an empty run at the end of the file where only a hole is left. */
function nextRun(
  fd: number,
  position: bigint,
  size: bigint,
): { readonly start: bigint; readonly end: bigint | undefined } {
  const start = nextData(fd, position);
  if (start !== undefined) return { start, end: nextHole(fd, start) };
  const end = position < size ? size : position;
  return { start: end, end };
}

function direct(fd: number, name: string): Read {
  const file = new DirectFile(fd, name);
  return (into, position) => file.read(into, position);
}

function cached(fd: number, name: string): Read {
  return (into, position) => about(name, () => readSync(fd, into, 0, into.length, position));
}

const least = (a: bigint, b: bigint | undefined): bigint => (b === undefined || a < b ? a : b);

const isBefore = (position: bigint, end: bigint | undefined): boolean => end === undefined || position < end;
