import { expect, test } from "vitest";

import { summarizeFiles, type FileGroup } from "../../../engine/diff/group.ts";
import type { FileAspect, FileChange } from "../../../schemas/index.ts";

const added = (path: string, size = 1): FileChange => ({
  path,
  change: "added",
  type: "file",
  after: { type: "file", mode: "0644", uid: 0, gid: 0, size },
  what: [],
});
const changed = (path: string, ...what: FileAspect[]): FileChange => ({ path, change: "changed", type: "file", what });
const many = (folder: string, count: number): FileChange[] =>
  Array.from({ length: count }, (_, index) => added(`${folder}/${index}`, 10));
const shown = (groups: FileGroup[]): string[] =>
  groups.map((group) => (group.kind === "file" ? group.file.path : `${group.path} +${group.added} ~${group.changed}`));

test("few files are shown singly, in path order", () => {
  expect(shown(summarizeFiles([added("/b/c"), added("/a"), added("/b")]))).toEqual(["/a", "/b", "/b/c"]);
});

test("many files below one directory become one line with their bytes", () => {
  const pages = Array.from({ length: 60 }, (_, index) => added(`/usr/share/doc/package${index}/copyright`, 10));

  const groups = summarizeFiles([...pages, added("/etc/a"), ...many("/usr/share/man/man1", 70)]);

  expect(shown(groups)).toEqual(["/etc/a", "/usr/share/doc +60 ~0", "/usr/share/man/man1 +70 ~0"]);
  expect(groups[1]).toMatchObject({ addedBytes: 600, files: expect.arrayContaining([pages[0]]) });
});

test("a directory whose files are in many others is one line itself", () => {
  const files = ["a", "b", "c", "d", "e"].flatMap((name) => many(`/usr/share/${name}`, 20));

  expect(shown(summarizeFiles(files))).toEqual(["/usr/share +100 ~0"]);
});

test("a changed content is not hidden in a summary", () => {
  const groups = summarizeFiles([
    ...Array.from({ length: 60 }, (_, index) => changed(`/usr/lib/f${index}`, "label")),
    changed("/usr/lib/important", "content"),
  ]);

  expect(shown(groups)).toEqual(["/usr/lib +0 ~60", "/usr/lib/important"]);
  expect(groups[0]).toMatchObject({ what: { label: 60 } });
});

test("many files right below a top directory are one line too", () => {
  expect(shown(summarizeFiles(many("/boot", 51)))).toEqual(["/boot +51 ~0"]);
});

test("what is in an added directory is one line, even at the top, but not what the recipe wrote", () => {
  const folder: FileChange = { ...added("/usr"), type: "directory" };
  const own: FileChange = { ...added("/usr/own"), text: "@@ -0,0 +1 @@\n+x\n" };

  expect(shown(summarizeFiles([folder, own, ...many("/usr/bin", 60)]))).toEqual(["/usr", "/usr +60 ~0", "/usr/own"]);
});
