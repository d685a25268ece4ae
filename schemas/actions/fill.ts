/** Making files with a content that says little (upstream daemon/fill.c). */
import { defineAction } from "../action.ts";
import { int, pathname, string } from "../field.ts";
import { none } from "../result.ts";

const len = int("Length of the file, bytes.");
const path = pathname("File; made where it is missing, else replaced.");
const making = {
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "EISDIR", "ENOSPC", "EROFS"],
} as const;

export const fill = defineAction({
  ...making,
  proc: 215,
  summary: "make a file of one byte repeated",
  description:
    "Makes a file of `len` bytes, each of them `c`. For zeroes that need take no space there is `truncate_size`.",
  args: { c: int("The byte, 0 to 255."), len, path },
  since: "1.0.79",
  tests: [
    {
      init: "scratch",
      calls: [
        ["fill", { c: 65, len: 10, path: "/f" }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "AAAAAAAAAA" },
    },
    {
      init: "scratch",
      calls: [
        ["fill", { c: 0, len: 3000000, path: "/f" }],
        ["fill", { c: 0, len: 0, path: "/f" }],
        ["filesize", { file: "/f" }],
      ],
      expect: { result: 0 },
    },
    { init: "scratch", calls: [["fill", { c: 256, len: 1, path: "/f" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["fill", { c: 0, len: -1, path: "/f" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["fill", { c: 0, len: 1, path: "/no/f" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [["fill", { c: 1, len: 300000000, path: "/f" }]],
      expect: { errno: "ENOSPC" },
      applianceOnly: "needs a small filesystem",
    },
  ],
});

export const fill_pattern = defineAction({
  ...making,
  proc: 245,
  summary: "make a file of some text repeated",
  description: "Makes a file of `len` bytes: a text over and over, the last one cut off where the file ends.",
  args: { pattern: string("Text; not empty."), len, path },
  since: "1.3.12",
  tests: [
    {
      init: "scratch",
      calls: [
        ["fill_pattern", { pattern: "abc", len: 8, path: "/f" }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "abcabcab" },
    },
    {
      init: "scratch",
      calls: [
        ["fill_pattern", { pattern: "abcdefg", len: 2500003, path: "/f" }],
        ["download_offset", { remotefilename: "/f", offset: 2499994, size: 100 }],
      ],
      expect: { result: "abcdefgab" },
    },
    { init: "scratch", calls: [["fill_pattern", { pattern: "", len: 8, path: "/f" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["fill_pattern", { pattern: "a", len: -8, path: "/f" }]], expect: { errno: "EINVAL" } },
  ],
});

export const fill_dir = defineAction({
  ...making,
  proc: 348,
  summary: "make many empty files",
  description: "Makes `nr` empty files in a directory, named 00000000, 00000001 and so on. For testing filesystems.",
  args: { dir: pathname("Directory."), nr: int("Number of files.") },
  since: "1.19.32",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["fill_dir", { dir: "/d", nr: 3 }],
        ["ls0", { dir: "/d" }],
      ],
      expect: { result: "00000000\u000000000001\u000000000002\0" },
    },
    { init: "scratch", calls: [["fill_dir", { dir: "/none", nr: 3 }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["fill_dir", { dir: "/", nr: -1 }]], expect: { errno: "EINVAL" } },
  ],
});
