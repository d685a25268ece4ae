/** Whether there is room for what a commit writes, asked before it begins. */
import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { RunError } from "./run-error.ts";

export interface RoomNeed {
  readonly image: string;
  /** What its filesystem must have free for it. */
  readonly bytes: number;
}

/** Unit of st_blocks. */
const BLOCK = 512;

/** Most bytes that writing in place takes: what lands in holes of the file or behind its end. */
export async function roomInPlace(image: string, dataBytes: number, size: number): Promise<RoomNeed> {
  const found = await stat(image);
  const holes = Math.max(0, found.size - found.blocks * BLOCK);
  return { image, bytes: Math.min(dataBytes, holes + Math.max(0, size - found.size)) };
}

/** @throws RunError no-space */
export async function checkRoom(needs: readonly RoomNeed[]): Promise<void> {
  const perFilesystem = new Map<number, number>();
  for (const { image, bytes } of needs) {
    const folder = dirname(image);
    const { dev } = await stat(folder);
    const needed = (perFilesystem.get(dev) ?? 0) + bytes;
    perFilesystem.set(dev, needed);
    const { bavail, bfree, bsize } = await statfs(folder);
    const free = (process.getuid?.() === 0 ? bfree : bavail) * bsize;
    if (needed > free) throw noSpace(image, `: writing it needs up to ${needed} bytes, ${free} are free`);
  }
}

export function noSpace(image: string, detail: string, cause?: unknown): RunError {
  const text = `${image}: no space left on its filesystem${detail}; the image is unchanged`;
  return new RunError("no-space", text, cause === undefined ? {} : { cause });
}
