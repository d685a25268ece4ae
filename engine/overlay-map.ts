/**
 * Reads the map of an overlay: which bytes of the image it replaces, and where in the overlay they are. Overlays are qcow2
 * files that gild had made (overlay.ts) and qemu has filled; anything else in the header is refused. Layout (qemu
 * docs/interop/qcow2), big-endian:
 *
 *     header: 0 magic | 4 version:u32 | 8 backing_file_offset:u64 | 20 cluster_bits:u32 | 24 size:u64 | 32 crypt_method:u32 |
 *             36 l1_size:u32 | 40 l1_table_offset:u64 | 60 nb_snapshots:u32 | 72 incompatible_features:u64
 *     L1 entry:u64 and L2 entry:u64: offset in bits 9 to 55; L2: bit 62 compressed, bit 0 reads as zeros
 */
import type { FileHandle } from "node:fs/promises";

import { RunError } from "./run-error.ts";

/** Bytes `[offset, offset + length)` of the image's file. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
  /** Where in the overlay they are; undefined: they are zeros. */
  readonly source: number | undefined;
}

const HEADER_SIZE = 104;
const MAGIC = 0x514649fb;
const OFFSET_MASK = 0x00fffffffffffe00n;
const COMPRESSED = 1n << 62n;
const ZERO = 1n;
const ENTRY = 8;
/** Longest extent: what is read and written at once. */
const EXTENT_MAX = 1 << 20;
/** 32 MiB, as in qemu. */
const L1_MAX = (32 << 20) / ENTRY;

interface Header {
  readonly clusterSize: number;
  readonly size: number;
  readonly l1: Buffer;
}

/**
 * Every changed extent, in order of `offset`; at most 1 MiB each.
 *
 * @param file the overlay, open for reading
 * @param shown its name in messages
 * @throws RunError overlay-damaged
 */
export async function* overlayExtents(file: FileHandle, shown: string): AsyncGenerator<Extent> {
  const { clusterSize, size, l1 } = await readHeader(file, shown);
  const perTable = clusterSize / ENTRY;
  let last: Extent | undefined;
  for (let at = 0; at * ENTRY < l1.length; at += 1) {
    const table = offsetOf(l1.readBigUInt64BE(at * ENTRY));
    if (table === 0) continue;
    const entries = await readAll(file, table, clusterSize, shown);
    for (let index = 0; index < perTable; index += 1) {
      const entry = entries.readBigUInt64BE(index * ENTRY);
      if (entry === 0n) continue;
      if ((entry & COMPRESSED) !== 0n) throw damaged(shown, "has compressed clusters");
      const source = (entry & ZERO) === 0n ? offsetOf(entry) : undefined;
      if (source === 0) continue;
      const offset = (at * perTable + index) * clusterSize;
      if (offset >= size) throw damaged(shown, "has clusters beyond its end");
      const next = { offset, length: Math.min(clusterSize, size - offset), source };
      const joined: Extent | undefined = last === undefined ? undefined : join(last, next);
      if (joined === undefined && last !== undefined) yield last;
      last = joined ?? next;
    }
  }
  if (last !== undefined) yield last;
}

/** Reads exactly `length` bytes. @throws RunError overlay-damaged */
export async function readAll(file: FileHandle, position: number, length: number, shown: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw damaged(shown, "is cut short");
    done += bytesRead;
  }
  return bytes;
}

async function readHeader(file: FileHandle, shown: string): Promise<Header> {
  const head = await readAll(file, 0, HEADER_SIZE, shown);
  const clusterBits = head.readUInt32BE(20);
  const ours =
    head.readUInt32BE(0) === MAGIC &&
    head.readUInt32BE(4) === 3 &&
    head.readBigUInt64BE(8) === 0n &&
    clusterBits >= 9 &&
    clusterBits <= 21 &&
    head.readUInt32BE(32) === 0 &&
    head.readUInt32BE(60) === 0 &&
    head.readBigUInt64BE(72) === 0n;
  if (!ours) throw damaged(shown, "is no overlay of gild, or was not closed");
  const l1Size = head.readUInt32BE(36);
  if (l1Size > L1_MAX) throw damaged(shown, "has an impossible table");
  const l1 = await readAll(file, Number(head.readBigUInt64BE(40)), l1Size * ENTRY, shown);
  return { clusterSize: 1 << clusterBits, size: Number(head.readBigUInt64BE(24)), l1 };
}

function join(a: Extent, b: Extent): Extent | undefined {
  const length = a.length + b.length;
  if (a.offset + a.length !== b.offset || length > EXTENT_MAX) return undefined;
  const follows = a.source === undefined ? b.source === undefined : a.source + a.length === b.source;
  return follows ? { offset: a.offset, length, source: a.source } : undefined;
}

/** Below 2^56: tables are allocated from the start of a file, so this is far below 2^53 or beyond the file's end. */
function offsetOf(entry: bigint): number {
  return Number(entry & OFFSET_MASK);
}

function damaged(shown: string, reason: string): RunError {
  return new RunError("overlay-damaged", `${shown}: the overlay ${reason}`);
}
