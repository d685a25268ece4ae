import { expect, test } from "vitest";

import { pairFiles } from "../../../engine/diff/pairs.ts";
import { filesOf } from "./fake-side.ts";

const none = new Set<string>();

test.each([
  ["nothing", {}, false],
  ["ctime", { ctime: 2n }, true],
  ["mtime", { mtime: 2n }, true],
  ["inode", { ino: 2n }, true],
  ["birth", { born: 2n }, true],
  ["size", { size: 2 }, true],
  ["mode", { mode: 0o100600 }, true],
  ["owner", { uid: 1 }, true],
  ["group", { gid: 1 }, true],
  ["target", { target: "a" }, true],
  ["attributes", { xattrs: { "user.a": "b" } }, true],
] as const)("a file whose %s differs is a suspect: %s", (_, change, suspect) => {
  const { suspects } = pairFiles(filesOf({ "/a": {} }), filesOf({ "/a": change }), none);

  expect(suspects.map(({ to }) => to)).toEqual(suspect ? ["/a"] : []);
});

test("a file that was touched is a suspect, whatever it looks like", () => {
  const both = filesOf({ "/a": {}, "/b": {} });

  expect(pairFiles(both, both, new Set(["/b", "/gone"])).suspects.map(({ to }) => to)).toEqual(["/b"]);
});

test("where digests are known they decide, not the times", () => {
  const file = (digest: string, ctime: bigint) =>
    new Map([...filesOf({ "/a": { ctime } })].map(([path, one]) => [path, { ...one, sha256: digest }]));

  expect(pairFiles(file("x", 1n), file("x", 2n), none).suspects).toEqual([]);
  expect(pairFiles(file("x", 1n), file("y", 1n), none).suspects).toHaveLength(1);
});

test("a file is moved when inode and birth are the same, and of several names as many came as went", () => {
  const { added, removed, moved } = pairFiles(
    filesOf({
      "/a": { ino: 2n, born: 5n },
      "/two/1": { ino: 3n, born: 5n },
      "/two/2": { ino: 3n, born: 5n },
      "/one": { ino: 4n, born: 5n },
      "/other": { ino: 6n, born: 5n },
      "/unknown": { ino: 7n },
    }),
    filesOf({
      "/b": { ino: 2n, born: 5n },
      "/too/1": { ino: 3n, born: 5n },
      "/too/2": { ino: 3n, born: 5n },
      "/one1": { ino: 4n, born: 5n },
      "/one2": { ino: 4n, born: 5n },
      "/other2": { ino: 6n, born: 6n },
      "/unknown2": { ino: 7n },
    }),
    none,
  );

  expect(moved.map(({ from, to }) => [from, to])).toEqual([
    ["/a", "/b"],
    ["/two/1", "/too/1"],
    ["/two/2", "/too/2"],
  ]);
  expect(removed).toEqual(["/one", "/other", "/unknown"]);
  expect(added).toEqual(["/one1", "/one2", "/other2", "/unknown2"]);
});
