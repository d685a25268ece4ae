/** Digests of files: what counts, and when a file is read again. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { digestFile, Digests } from "../../../engine/template/digests.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-digests-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MiB = 1024 * 1024;
let files = 0;

function file(bytes: Uint8Array | string, sizeBytes?: number): string {
  const path = join(folder, `file${(files += 1)}`);
  writeFileSync(path, bytes);
  if (sizeBytes !== undefined) truncateSync(path, sizeBytes);
  return path;
}

test("holes and written zeros are the same, content, place and size are not", () => {
  const content = Buffer.alloc(3 * MiB);
  content.write("x", 2 * MiB + 5);
  const moved = Buffer.alloc(3 * MiB);
  moved.write("x", MiB + 5);
  const reference = digestFile(file(content));

  expect(digestFile(file(Buffer.concat([content, Buffer.alloc(0)])))).toBe(reference);
  expect(digestFile(file(content.subarray(0, 2 * MiB + 6), 3 * MiB))).toBe(reference);
  expect(digestFile(file(moved))).not.toBe(reference);
  expect(digestFile(file(content, 3 * MiB + 1))).not.toBe(reference);
  expect(digestFile(file("", 3 * MiB))).not.toBe(reference);
});

test("a known file is not read again until it changes", () => {
  const path = file("one");
  const first = new Digests(folder).of(path);
  const memory = join(folder, "digests.json");
  const known = readFileSync(memory, "utf8");
  writeFileSync(memory, known.replaceAll(first, "remembered"));

  expect(new Digests(folder).of(path)).toBe("remembered");

  utimesSync(path, new Date(), new Date());
  expect(new Digests(folder).of(path)).toBe(first);

  writeFileSync(path, "two");
  expect(new Digests(folder).of(path)).not.toBe(first);
});

test.each([
  [
    "of another boot of the host",
    (text: string) => text.replace(/"identity":"[0-9a-f-]{36}/g, `"identity":"${"0".repeat(36)}`),
  ],
  ["that is no JSON", () => "{"],
  ["of another shape", () => '{"a": 1, "b": null}'],
])("a memory %s is not believed", (_name, change) => {
  const path = file("content");
  const digest = new Digests(folder).of(path);
  const memory = join(folder, "digests.json");
  writeFileSync(memory, change(readFileSync(memory, "utf8").replaceAll(digest, "wrong")));

  expect(new Digests(folder).of(path)).toBe(digest);
});
