/**
 * Tells a block device from another one that got its name after a restart: by bytes of it that a commit does not write, so
 * that it is the same before the commit and when half of it is done.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

import { overlayExtents } from "./overlay-map.ts";

const SAMPLES = 64;
const SAMPLE_SIZE = 64 << 10;

/**
 * @param path block device (or file)
 * @param overlay what is being written to it; where that changes something, nothing is read
 * @param size bytes of the device
 * @returns sha256, hexadecimal
 */
export async function deviceFingerprint(path: string, overlay: string, size: number): Promise<string> {
  const written = await sampled(overlay, size);
  await using device = await open(path, "r");
  const hash = createHash("sha256").update(String(size));
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    if (written.has(sample)) continue;
    const { buffer, bytesRead } = await device.read(Buffer.alloc(SAMPLE_SIZE), 0, SAMPLE_SIZE, placeOf(sample, size));
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest("hex");
}

/** Samples that the overlay changes at least in part. */
async function sampled(overlay: string, size: number): Promise<ReadonlySet<number>> {
  await using file = await open(overlay, "r");
  const written = new Set<number>();
  for await (const { offset, length } of overlayExtents(file, overlay)) {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const place = placeOf(sample, size);
      if (place < offset + length && offset < place + SAMPLE_SIZE) written.add(sample);
    }
  }
  return written;
}

/** Spread evenly, the first at the start and the last at the end. */
function placeOf(sample: number, size: number): number {
  const last = Math.max(0, size - SAMPLE_SIZE);
  return Math.floor((last * sample) / (SAMPLES - 1) / 512) * 512;
}
