/**
 * What an overlay holds, written into the image it belongs to: plain bytes at plain places, so that doing it again, from
 * whatever was written before, gives the same file. Knows nothing of formats, names and order of a commit (commit.ts).
 */
import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";

import type { OpenFile } from "./host-files.ts";
import { overlayExtents, readAll, type Extent } from "./overlay-map.ts";

/** Size of an overlay's content, bytes. */
export interface OverlayExtent {
  /** Bytes to be written, without those that are zeros. */
  readonly dataBytes: number;
  /** Where the last change ends; 0 for none. A file that is shorter grows to it. */
  readonly end: number;
}

/** Reads the map alone. @throws RunError overlay-damaged */
export async function measureOverlay(path: string): Promise<OverlayExtent> {
  await using file = await open(path, "r");
  let [dataBytes, end] = [0, 0];
  for await (const extent of overlayExtents(file, path)) {
    if (extent.source !== undefined) dataBytes += extent.length;
    end = extent.offset + extent.length;
  }
  return { dataBytes, end };
}

/**
 * Digest (sha256, hexadecimal) of what an overlay holds, read through its map: for each extent, in order,
 * `offset:u64 | length:u64 | data:u64 (0: zeros) | bytes`.
 *
 * @throws RunError overlay-damaged
 */
export async function digestOverlay(path: string): Promise<string> {
  await using file = await open(path, "r");
  const hash = createHash("sha256");
  for await (const extent of overlayExtents(file, path)) {
    const head = Buffer.alloc(24);
    head.writeBigUInt64BE(BigInt(extent.offset), 0);
    head.writeBigUInt64BE(BigInt(extent.length), 8);
    head.writeBigUInt64BE(extent.source === undefined ? 0n : 1n, 16);
    hash.update(head);
    if (extent.source !== undefined) hash.update(await readAll(file, extent.source, extent.length, path));
  }
  return hash.digest("hex");
}

/**
 * Writes every change into the image's file and gives it its size; does not sync.
 *
 * @param size bytes; undefined for a block device
 * @throws RunError overlay-damaged; the system error
 */
export async function replayOverlay(path: string, target: OpenFile, size: number | undefined): Promise<void> {
  await using file = await open(path, "r");
  if (size !== undefined) await target.truncate(size);
  for await (const extent of overlayExtents(file, path)) await writeExtent(file, extent, target, path);
}

async function writeExtent(file: FileHandle, extent: Extent, target: OpenFile, shown: string): Promise<void> {
  const { offset, length, source } = extent;
  if (source === undefined) await target.zero(offset, length);
  else await target.write(offset, await readAll(file, source, length, shown));
}
