/** Text on the wire: any bytes come back as they were. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytesFromText, textFromBytes } from "../../schemas/index.ts";

const SEED = 20_261_121;

describe("textFromBytes", () => {
  it.each([
    ["plain", "706c61696e", "plain"],
    ["umlaut", "c3a4", "ä"],
    ["emoji", "f09f9880", "😀"],
    ["nothing", "", ""],
    ["a byte order mark, which is kept", "efbbbf61", "\ufeff61".replace("61", "a")],
    ["a lone continuation byte", "80", "\udc80"],
    ["latin-1", "6ee4", "n\udce4"],
    ["a cut sequence", "f09f98", "\udcf0\udc9f\udc98"],
    ["an overlong slash", "c0af", "\udcc0\udcaf"],
    ["an encoded surrogate", "eda080", "\udced\udca0\udc80"],
    ["good text around a bad byte", "c3a4ffc3a4", "ä\udcffä"],
  ])("decodes %s, and encodes it again", (_name, hex, text) => {
    const bytes = Buffer.from(hex, "hex");

    expect(textFromBytes(bytes)).toBe(text);
    expect(Buffer.from(bytesFromText(text)).toString("hex")).toBe(hex);
  });

  it("gives back any bytes", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(bytesFromText(textFromBytes(bytes))).toEqual(bytes);
    });

    fc.assert(property, { seed: SEED, numRuns: 2000 });
  });

  it("gives back any well-formed text", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(textFromBytes(bytesFromText(text))).toBe(text);
    });

    fc.assert(property, { seed: SEED });
  });
});

describe("bytesFromText", () => {
  it("encodes a surrogate that stands for no byte as the replacement character", () => {
    expect(Buffer.from(bytesFromText("\ud800\udc80")).toString("hex")).toBe("f0908280");
    expect(Buffer.from(bytesFromText("a\ud800b")).toString("hex")).toBe("61efbfbd62");
    expect(Buffer.from(bytesFromText("\udcffa\udc00")).toString("hex")).toBe("ff61efbfbd");
  });
});
