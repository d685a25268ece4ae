/** Transfers through a disk in memory: the daemon's side, with a file in place of the disk. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { BulkOut, BulkWriter } from "../../guestfsd/bulk.ts";
import type { BulkDisk } from "../../guestfsd/context.ts";
import { failure } from "../../guestfsd/errors.ts";
import { sendFile } from "../../guestfsd/file-out.ts";
import { MemoryChannel } from "../../guestfsd/memory-channel.ts";
import {
  BULK_CHUNKS,
  BULK_DISK,
  BULK_LEAST_OUT,
  decodeChunk,
  decodeRuns,
  encodeChunk,
  encodeRuns,
  frame,
  FrameDecoder,
  ProtocolError,
  type Hole,
} from "../../schemas/index.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Piece = Uint8Array | Hole;

function fileDisk(sizeBytes: bigint, failsAfter = sizeBytes): BulkDisk & { content(): Buffer } {
  const path = join(folder, "disk");
  writeFileSync(path, "");
  const fd = openSync(path, "r+");
  ftruncateSync(fd, Number(sizeBytes));
  return {
    sizeBytes,
    read: (position, into) => void readSync(fd, into, 0, into.length, Number(position)),
    write(position, bytes) {
      expect([Number(position % 512n), bytes.length % 512]).toEqual([0, 0]);
      if (position + BigInt(bytes.length) > failsAfter) throw failure("bulk disk", "EIO");
      writeSync(fd, bytes, 0, bytes.length, Number(position));
    },
    close: () => (fstatSync(fd), closeSync(fd)),
    content: () => readFileSync(path),
  };
}

function bytesOf(pieces: Iterable<Piece>): Buffer {
  const copies: Buffer[] = [];
  for (const piece of pieces)
    copies.push("holeBytes" in piece ? Buffer.alloc(Number(piece.holeBytes)) : Buffer.from(piece));
  return Buffer.concat(copies);
}

function pattern(size: number, seed = 1): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff));
}

describe("BulkWriter", () => {
  const hole = (size: number): Hole => ({ holeBytes: BigInt(size) });

  test.each<[string, readonly Piece[]]>([
    ["nothing", []],
    ["less than a sector", [pattern(511)]],
    ["a sector", [pattern(512)]],
    ["a sector and a byte", [pattern(513)]],
    ["many small pieces", Array.from({ length: 40 }, (_, index) => pattern(300 + index, index))],
    ["a large odd piece", [pattern(3 * 1024 * 1024 + 77)]],
    ["small, large, small", [pattern(10), pattern(1024 * 1024 + 3), pattern(10)]],
    ["holes of whole sectors", [pattern(4096), hole(8192), pattern(512)]],
    ["holes of odd sizes", [pattern(100), hole(1), hole(411), hole(1025), pattern(7), hole(100_000)]],
    ["a hole alone", [hole(5000)]],
  ])("keeps all bytes in order: %s", (_name, pieces) => {
    const disk = fileDisk(16n * 1024n * 1024n);
    const writer = new BulkWriter(disk);

    const rest = bytesOf(writer.store(pieces));

    const stored = Buffer.concat([disk.content().subarray(0, Number(writer.length)), rest]);
    expect(stored.equals(bytesOf(pieces))).toBe(true);
    expect(rest.length).toBeLessThan(512);
  });

  test.each([
    ["at once", 0n],
    ["in the middle", 1024n * 1024n],
  ])("gives back what a disk does not take that fails %s", (_name, failsAfter) => {
    const disk = fileDisk(16n * 1024n * 1024n, failsAfter);
    const pieces = [pattern(700_000), pattern(700_001, 2), hole(10_000), pattern(20, 3)];
    const writer = new BulkWriter(disk);

    const rest = bytesOf(writer.store(pieces));

    const stored = Buffer.concat([disk.content().subarray(0, Number(writer.length)), rest]);
    expect(stored.equals(bytesOf(pieces))).toBe(true);
    expect(writer.length).toBeLessThanOrEqual(failsAfter);
  });

  test("stops where the disk ends", () => {
    const disk = fileDisk(1024n * 1024n);
    const pieces = [hole(1024 * 1024 - 512), pattern(2048)];
    const writer = new BulkWriter(disk);

    const rest = bytesOf(writer.store(pieces));

    expect(Buffer.concat([disk.content().subarray(0, Number(writer.length)), rest]).equals(bytesOf(pieces))).toBe(true);
  });
});

describe("sendFile with a disk on offer", () => {
  function send(pieces: Iterable<Piece>, answer: number, open: () => BulkDisk): Buffer[] {
    const channel = new MemoryChannel();
    channel.push(frame(encodeChunk({ cancel: false, data: Uint8Array.of(answer) })));
    const progress = { report: () => undefined, finish: () => undefined };
    sendFile(pieces, { channel, bulk: new BulkOut(0n, open), progress, log: () => undefined });
    const decoder = new FrameDecoder();
    decoder.push(channel.takeOutput());
    const chunks: Buffer[] = [];
    for (let unit = decoder.next(); unit?.type === "data"; unit = decoder.next()) {
      const { cancel, data } = decodeChunk(unit.bytes);
      chunks.push(cancel ? Buffer.from("cancelled") : Buffer.from(data));
    }
    return chunks;
  }
  const never = (): never => {
    throw failure("bulk disk", "ENODEV");
  };

  test("sends a small file in chunks without asking", () => {
    const chunks = send([pattern(20_000)], BULK_DISK, never);

    expect(chunks[0]).toEqual(Buffer.of(BULK_CHUNKS));
    expect(Buffer.concat(chunks.slice(1)).equals(pattern(20_000))).toBe(true);
    expect(chunks.at(-1)?.length).toBe(0);
  });

  test("puts a large file on the disk, its last bytes into chunks, though pieces share their memory", () => {
    const disk = fileDisk(64n * 1024n * 1024n);
    const size = BULK_LEAST_OUT / 4;
    const shared = Buffer.alloc(size);
    const pieces = {
      *[Symbol.iterator]() {
        for (let index = 0; index < 8; index += 1) yield shared.fill(pattern(size, index));
        yield pattern(100);
      },
    };

    const [how, length, ...rest] = send(pieces, BULK_DISK, () => disk);

    expect(how).toEqual(Buffer.of(BULK_DISK));
    expect(length?.readBigUInt64BE()).toBe(BigInt(8 * size));
    const expected = Buffer.concat([...Array.from({ length: 8 }, (_, index) => pattern(size, index)), pattern(100)]);
    expect(Buffer.concat([disk.content().subarray(0, 8 * size), ...rest]).equals(expected)).toBe(true);
  });

  test.each([
    ["the engine has none", BULK_CHUNKS, false],
    ["the disk is not there after all", BULK_DISK, true],
  ])("sends chunks when %s", (_name, answer, hasLength) => {
    const large = pattern(BULK_LEAST_OUT + 5);

    const [how, ...rest] = send([large], answer, never);

    expect(how).toEqual(Buffer.of(BULK_DISK));
    const length = hasLength ? Buffer.alloc(8) : Buffer.alloc(0);
    expect(Buffer.concat(rest).equals(Buffer.concat([length, large]))).toBe(true);
  });
});

describe("runs of data", () => {
  test("come back as they were sent", () => {
    const runs = [
      { start: 0n, end: 4096n },
      { start: 1n << 40n, end: (1n << 40n) + 5n },
    ];

    expect(decodeRuns(encodeRuns(runs), 1n << 41n)).toEqual(runs);
  });

  test.each([
    [
      "overlap",
      [
        { start: 0n, end: 4096n },
        { start: 512n, end: 8192n },
      ],
    ],
    ["are empty", [{ start: 512n, end: 512n }]],
    ["begin in a sector", [{ start: 5n, end: 512n }]],
    ["end behind the file", [{ start: 0n, end: 8193n }]],
  ])("are refused that %s", (_name, runs) => {
    expect(() => decodeRuns(encodeRuns(runs), 8192n)).toThrow(ProtocolError);
  });
});
