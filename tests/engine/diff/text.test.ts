import { expect, test } from "vitest";

import { TEXT_MAX, asText, unifiedHunks } from "../../../engine/diff/text.ts";

test("hunks have the form of diff -u", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join("");

  expect(unifiedHunks(before, before.replace("line 9\n", "line nine\n"))).toBe(
    "@@ -7,7 +7,7 @@\n line 6\n line 7\n line 8\n-line 9\n+line nine\n line 10\n line 11\n line 12\n",
  );
});

test("a missing final newline is told", () => {
  expect(unifiedHunks("a\n", "a")).toBe("@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n");
});

test("equal texts have no hunks", () => {
  expect(unifiedHunks("a\n", "a\n")).toBe("");
});

test("NUL, invalid UTF-8 and large content are no text", () => {
  expect(asText(Uint8Array.of(65, 0))).toBeUndefined();
  expect(asText(Uint8Array.of(0xff))).toBeUndefined();
  expect(asText(new Uint8Array(TEXT_MAX + 1).fill(65))).toBeUndefined();
  expect(asText(Uint8Array.of(65))).toBe("A");
});
