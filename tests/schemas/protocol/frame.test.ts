/** Framing: captured byte streams in any pieces, cut anywhere, changed anywhere. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  encodeChunk,
  flagWord,
  frame,
  FrameDecoder,
  GUESTFS_CANCEL_FLAG,
  GUESTFS_LAUNCH_FLAG,
  GUESTFS_MESSAGE_MAX,
  progressUnit,
  ProtocolError,
  type Unit,
} from "../../../schemas/index.ts";
import { CAPTURES, capturedBytes, type Direction } from "../captured-conversation.ts";

const SEED = 20_261_121;
const directions: readonly Direction[] = ["C>D", "D>C"];
const streams = CAPTURES.flatMap((name) =>
  directions.map((direction) => [`${name} ${direction}`, stream(name, direction)] as const),
);

function stream(name: string, direction: Direction): Uint8Array {
  return Buffer.concat(capturedBytes(name).flatMap(([from, bytes]) => (from === direction ? [bytes] : [])));
}

function unitsOf(...pieces: readonly Uint8Array[]): Unit[] {
  const decoder = new FrameDecoder();
  const units: Unit[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    for (let unit = decoder.next(); unit !== undefined; unit = decoder.next()) units.push(unit);
  }
  return units;
}

function bytesOf(unit: Unit): Uint8Array {
  switch (unit.type) {
    case "launch":
      return flagWord(GUESTFS_LAUNCH_FLAG);
    case "cancel":
      return flagWord(GUESTFS_CANCEL_FLAG);
    case "progress":
      return progressUnit(unit.progress);
    case "data":
      return frame(unit.bytes);
  }
}

const hexOf = (unit: Unit): string => Buffer.from(bytesOf(unit)).toString("hex");

/** Bytes in whole units; 0 for what is refused. Throws what is no ProtocolError. */
function decodedSize(bytes: Uint8Array): number {
  try {
    return Buffer.concat(unitsOf(bytes).map(bytesOf)).length;
  } catch (error) {
    if (error instanceof ProtocolError) return 0;
    throw error;
  }
}

describe.each(streams)("captured stream %s", (_name, bytes) => {
  it("decodes to its end, and encodes to the same bytes", () => {
    const units = unitsOf(bytes);

    expect(Buffer.compare(Buffer.concat(units.map(bytesOf)), bytes)).toBe(0);
  });

  it("gives the same units in any pieces", () => {
    const start = bytes.subarray(0, 20_000);
    const whole = unitsOf(start).map(hexOf);
    const property = fc.property(fc.array(fc.nat(start.length), { maxLength: 50 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), start.length];
      const pieces = places.slice(1).map((end, index) => start.subarray(places[index], end));

      expect(unitsOf(...pieces).map(hexOf)).toEqual(whole);
    });

    fc.assert(property, { seed: SEED, numRuns: 20 });
  });

  it("needs more wherever it is cut inside a unit", () => {
    const start = bytes.subarray(0, 3000);
    const ends = new Set<number>();
    let offset = 0;
    for (const unit of unitsOf(start)) ends.add((offset += bytesOf(unit).length));

    for (let size = 1; size < offset; size += 1) {
      const decoder = new FrameDecoder();
      decoder.push(start.subarray(0, size));
      while (decoder.next() !== undefined);
      expect(decoder.pending === 0).toBe(ends.has(size));
      expect(decoder.missing()).toBeGreaterThan(0);
    }
  });

  it("gives units or a ProtocolError when bytes are changed", () => {
    const start = bytes.subarray(0, 5000);
    const property = fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }), (spots) => {
      const changed = Buffer.from(start);
      for (const [at, value] of spots) changed[at % changed.length] = value;

      expect(decodedSize(changed)).toBeLessThanOrEqual(changed.length);
    });

    fc.assert(property, { seed: SEED, numRuns: 200 });
  });
});

describe("FrameDecoder", () => {
  it.each([
    ["over 4 MiB", "00400004"],
    ["just below the flags", "f5f55ff4"],
    ["all ones", "ffffffff"],
    ["no multiple of 4", "00000029"],
  ])("refuses a length word that is %s as soon as it is there", (_name, word) => {
    const decoder = new FrameDecoder();
    decoder.push(Buffer.from(word, "hex"));

    expect(() => decoder.next()).toThrow(ProtocolError);
  });

  it("asks for the rest of the largest message, no more", () => {
    const decoder = new FrameDecoder();
    decoder.push(Buffer.from("00400000", "hex"));

    expect(decoder.next()).toBeUndefined();
    expect(decoder.missing()).toBe(GUESTFS_MESSAGE_MAX);
  });

  it("takes an empty message, which is for others to refuse", () => {
    expect(unitsOf(new Uint8Array(4))).toEqual([{ type: "data", bytes: new Uint8Array() }]);
  });

  it("gives back any message and chunk", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (data, cancel) => {
      const bytes = frame(encodeChunk({ cancel, data }));

      expect(unitsOf(bytes).map(hexOf)).toEqual([Buffer.from(bytes).toString("hex")]);
    });

    fc.assert(property, { seed: SEED });
  });
});

describe("frame", () => {
  it("refuses a message over 4 MiB", () => {
    expect(() => frame(new Uint8Array(GUESTFS_MESSAGE_MAX), new Uint8Array(4))).toThrow(ProtocolError);
  });
});
