/** Did-you-mean. */
import { describe, expect, it } from "vitest";

import { didYouMean, nearest } from "../../recipes/suggest.ts";

const known = ["hostname", "mkdir_p", "upload", "timezone", "on-unsupported"];

describe("nearest", () => {
  it.each([
    ["hostnam", "hostname"],
    ["hsotname", "hostname"],
    ["mkdir-p", "mkdir_p"],
    ["Upload", "upload"],
    ["uplaod", "upload"],
    ["on_unsuported", "on-unsupported"],
  ])("finds %s to mean %s", (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it.each(["", "x", "colour", "completely-different", "a".repeat(10_000)])("finds nothing for %s", (word) => {
    expect(nearest(word, known)).toBeUndefined();
  });
});

describe("didYouMean", () => {
  it("falls back to the other text", () => {
    expect(didYouMean("colour", known, "Known: x.")).toBe("Known: x.");
  });
});
