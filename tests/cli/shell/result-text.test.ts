import { expect, test } from "vitest";

import { jsonResult, resultText } from "../../../cli/shell/result-text.ts";

test.each([
  [undefined, ""],
  ["text", "text\n"],
  ["a line\n", "a line\n"],
  [true, "true\n"],
  [12n, "12\n"],
  [["a", "b"], "a\nb\n"],
  [[["/dev/sda1", "ext4"]], "/dev/sda1: ext4\n"],
  [{ size: 1n, name: "x" }, "size: 1\nname: x\n"],
  [[{ a: 1 }], "[0] = {\n  a: 1\n}\n"],
  [new TextEncoder().encode("bytes"), "bytes"],
])("prints case %#", (result, text) => {
  expect(resultText(result)).toBe(text);
});

test("gives JSON with 64-bit numbers as text and bytes as base64", () => {
  expect(jsonResult({ size: 1n, bytes: Uint8Array.of(1, 2) })).toBe('{"size":"1","bytes":"AQI="}');
});
