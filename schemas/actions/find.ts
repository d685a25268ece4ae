/** Listings of directories and trees (upstream daemon/find.c, ls.c, readdir.c). */
import { defineAction } from "../action.ts";
import { fileOut, pathname } from "../field.ts";
import { none, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

const dir = pathname("Directory.");

export const find0 = defineAction({
  proc: 196,
  summary: "list a directory and all below it",
  description:
    "Sends the paths of everything below a directory, relative to it, each followed by a zero byte, in no certain order but " +
    "parents before what is in them. Symbolic links are listed, not followed; mounted filesystems are entered.",
  args: { directory: dir, files: fileOut("Receives the names.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.0.74",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/e" }],
        ["touch", { path: "/d/e/\udcff" }],
        ["ln_s", { target: "/d", linkname: "/d/up" }],
        ["find0", { directory: "/d" }],
      ],
      expect: { matches: "^(e\0up\0|up\0e\0)e/\udcff\0$" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["find0", { directory: "/f" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
    { init: "scratch", calls: [["find0", { directory: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const ls0 = defineAction({
  proc: 347,
  summary: "list a directory",
  description:
    "Sends the names in a directory, without `.` and `..`, sorted by their bytes, each followed by a zero byte.",
  args: { dir, filenames: fileOut("Receives the names.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.19.32",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["touch", { path: "/d/b" }],
        ["touch", { path: "/d/\udcff" }],
        ["touch", { path: "/d/a" }],
        ["ls0", { dir: "/d" }],
      ],
      expect: { result: "a\0b\0\udcff\0" },
    },
    { init: "scratch", calls: [["ls0", { dir: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const readdir = defineAction({
  proc: 138,
  summary: "list a directory with inodes and types",
  description:
    "Gives every entry of a directory, `.` and `..` too, with inode number and type: one of the characters b, c, d, f (pipe), " +
    "l, r, s, u (unknown). Limited by the size of a message; used by clients up to 1.48.",
  args: { dir },
  ret: rStructList("entries", structs.dirent),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.0.55",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["touch", { path: "/d/f" }],
        ["readdir", { dir: "/d" }],
      ],
      expect: { matches: '^\\[\\{"ino":\\d+,"ftyp":100,"name":"\\."\\}.*"ftyp":114,"name":"f"\\}\\]$' },
    },
    { init: "scratch", calls: [["readdir", { dir: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const internal_readdir = defineAction({
  proc: 511,
  summary: "list a directory with inodes and types, as a stream",
  description: "Sends what readdir gives, of any size, as dirent structs one after the other.",
  args: { dir, filename: fileOut("Receives the structs.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.48.2",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["internal_readdir", { dir: "/d" }],
      ],
      expect: { matches: "\0d\0\0\0\u0001\\.\0\0\0" },
    },
    { init: "scratch", calls: [["internal_readdir", { dir: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
