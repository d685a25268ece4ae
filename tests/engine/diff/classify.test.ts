import { expect, test } from "vitest";

import { findCandidates, planReading, regularSuspects } from "../../../engine/diff/classify.ts";
import { TEXT_MAX } from "../../../engine/diff/text.ts";
import type { Tree, TreeEntry } from "../../../engine/diff/tree.ts";

const plain: TreeEntry = { dev: 1n, ino: 1n, mode: 0o100644, uid: 0, gid: 0, rdev: 0n, size: 1, mtime: 1n, ctime: 1n };
const tree = (entries: Record<string, Partial<TreeEntry>>): Tree =>
  new Map(Object.entries(entries).map(([path, entry]) => [path, { ...plain, ...entry }]));

test.each([
  ["nothing", {}, false],
  ["ctime", { ctime: 2n }, true],
  ["mtime", { mtime: 2n }, true],
  ["inode", { ino: 2n }, true],
  ["device", { dev: 2n }, true],
  ["size", { size: 2 }, true],
  ["mode", { mode: 0o100600 }, true],
  ["owner", { uid: 1 }, true],
] as const)("a file whose %s differs is a suspect: %s", (_, change, suspect) => {
  const candidates = findCandidates(tree({ "/a": {} }), tree({ "/a": change }), () => true);

  expect(candidates.suspects).toEqual(suspect ? ["/a"] : []);
});

test("where times cannot be trusted every regular file is a suspect", () => {
  const both = tree({ "/a": {}, "/d": { mode: 0o040755 } });

  expect(findCandidates(both, both, () => false).suspects).toEqual(["/a"]);
});

test("small files are read, large ones digested, and large ones of another size too", () => {
  const before = tree({ "/small": {}, "/same": { size: TEXT_MAX + 1 }, "/grown": { size: TEXT_MAX + 1 } });
  const after = tree({
    "/small": { ctime: 2n, size: 5 },
    "/same": { ctime: 2n, size: TEXT_MAX + 1 },
    "/grown": { ctime: 2n, size: TEXT_MAX + 2 },
  });
  const candidates = findCandidates(before, after, () => true);

  const reading = planReading(candidates, before, after, new Set());

  expect(reading.before).toMatchObject({ contents: ["/small"], digests: ["/grown", "/same"] });
  expect(reading.after).toMatchObject({ contents: ["/small"], digests: ["/grown", "/same"] });
  expect(regularSuspects(candidates, before, after)).toHaveLength(3);
});

test("of thousands of added files only those are read that the recipe named", () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`/usr/f${index}`, {}]));
  const after = tree({ ...many, "/etc/own": {}, "/etc/large": { size: 1 << 20 } });
  const candidates = findCandidates(new Map(), after, () => true);

  const reading = planReading(candidates, new Map(), after, new Set(["/etc/own", "/etc/large", "/none"]));

  expect(reading.after).toMatchObject({ contents: ["/etc/own"], digests: ["/etc/large"] });
  expect(reading.after.xattrs).toHaveLength(1002);
  expect(reading.before).toMatchObject({ contents: [], digests: [], xattrs: [] });
});

test("few added files are all read", () => {
  const after = tree({ "/a": {}, "/d": { mode: 0o040755 } });
  const candidates = findCandidates(new Map(), after, () => true);

  expect(planReading(candidates, new Map(), after, new Set()).after.contents).toEqual(["/a"]);
});
