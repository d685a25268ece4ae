/** Header, error, progress and chunk: captured ones, any ones, wrong ones. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  decodeChunk,
  decodeError,
  decodeProgress,
  encodeChunk,
  encodeError,
  encodeHeader,
  encodeProgress,
  GUESTFS_ERRNO_LEN,
  GUESTFS_ERROR_LEN,
  GUESTFS_MAX_CHUNK_SIZE,
  HEADER_SIZE,
  ProtocolError,
  splitMessage,
  textFromBytes,
} from "../../../schemas/index.ts";
import { CAPTURES, capturedUnits, dataOf } from "../captured-conversation.ts";

const SEED = 20_261_121;
const captured = CAPTURES.flatMap((name) => capturedUnits(name));
const messages = captured.filter(({ kind }) => kind === "call" || kind === "reply" || kind === "error");
const chunks = captured.filter(({ kind }) => kind === "chunk");

const u32 = fc.nat(0xffffffff);
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const i32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });

describe("message header", () => {
  it("of captured messages encodes to the same bytes", () => {
    for (const message of messages) {
      const bytes = dataOf(message);

      expect(Buffer.compare(encodeHeader(splitMessage(bytes).header), bytes.subarray(0, HEADER_SIZE))).toBe(0);
    }
  });

  it("gives back any values", () => {
    const header = fc.record(
      {
        prog: u32,
        vers: u32,
        proc: i32,
        direction: i32,
        serial: u32,
        progress_hint: u64,
        optargs_bitmask: u64,
        status: i32,
      },
      { noNullPrototype: true },
    );
    const property = fc.property(header, fc.uint8Array({ maxLength: 20 }), (value, body) => {
      expect(splitMessage(Buffer.concat([encodeHeader(value), body]))).toEqual({
        header: value,
        body: Buffer.from(body),
      });
    });

    fc.assert(property, { seed: SEED });
  });

  it("is refused when it is cut anywhere", () => {
    for (let size = 0; size < HEADER_SIZE; size += 1) {
      expect(() => splitMessage(new Uint8Array(size))).toThrow(ProtocolError);
    }
  });
});

describe("file chunk", () => {
  it("of captured transfers encodes to the same bytes", () => {
    expect(chunks.length).toBeGreaterThan(4000);
    for (const chunk of chunks) expect(Buffer.compare(encodeChunk(decodeChunk(dataOf(chunk))), dataOf(chunk))).toBe(0);
  });

  it.each([
    ["another cancel word", "0000000200000000"],
    ["a negative cancel word", "ffffffff00000000"],
    ["data with a cancellation", "000000010000000461626364"],
    ["a length over the limit", "0000000000002001"],
    ["a length bomb", "00000000ffffffff"],
    ["bytes after its end", "000000000000000000000000"],
    ["padding that is not zero", "000000000000000161000001"],
    ["nothing", ""],
  ])("with %s is refused", (_name, hex) => {
    expect(() => decodeChunk(Buffer.from(hex, "hex"))).toThrow(ProtocolError);
  });

  it("is refused when it is cut anywhere", () => {
    const whole = encodeChunk({ cancel: false, data: Buffer.from("some data") });

    for (let size = 0; size < whole.length; size += 1) {
      expect(() => decodeChunk(whole.subarray(0, size))).toThrow(ProtocolError);
    }
  });

  it("may hold 8192 bytes", () => {
    const data = Buffer.alloc(GUESTFS_MAX_CHUNK_SIZE, 1);

    expect(Buffer.from(decodeChunk(encodeChunk({ cancel: false, data })).data).equals(data)).toBe(true);
  });
});

describe("error body", () => {
  it("gives back any errno and text", () => {
    const text = fc.uint8Array({ maxLength: GUESTFS_ERRNO_LEN }).map((bytes) => textFromBytes(bytes));
    const property = fc.property(text, text, (errno, message) => {
      expect(decodeError(encodeError({ errno, message }))).toEqual({ errno, message });
    });

    fc.assert(property, { seed: SEED });
  });

  it("cuts what is too long", () => {
    const { errno, message } = decodeError(encodeError({ errno: "E".repeat(40), message: "m".repeat(70_000) }));

    expect([errno.length, message.length]).toEqual([GUESTFS_ERRNO_LEN, GUESTFS_ERROR_LEN]);
  });

  it.each([
    ["an errno that is too long", "00000021"],
    ["a length bomb", "00000000ffffffff"],
    ["nothing", ""],
  ])("with %s is refused", (_name, hex) => {
    expect(() => decodeError(Buffer.from(hex, "hex"))).toThrow(ProtocolError);
  });
});

describe("progress", () => {
  it("gives back any values", () => {
    const progress = fc.record({ proc: i32, serial: u32, position: u64, total: u64 }, { noNullPrototype: true });
    const property = fc.property(progress, (value) => {
      expect(decodeProgress(encodeProgress(value))).toEqual(value);
    });

    fc.assert(property, { seed: SEED });
  });

  it("is refused when it is cut", () => {
    for (let size = 0; size < 24; size += 1) expect(() => decodeProgress(new Uint8Array(size))).toThrow(ProtocolError);
  });
});
