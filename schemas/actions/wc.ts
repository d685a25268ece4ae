/** Counting in files (upstream daemon/wc.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rInt } from "../result.ts";

const TEXT = ["internal_write", { path: "/f", content: "hello\nworld foo bar\nno newline" }] as const;
const counting = {
  args: { path: pathname("File.") },
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL", "EOVERFLOW"],
  since: "1.0.54",
} as const;

export const wc_l = defineAction({
  ...counting,
  proc: 118,
  summary: "count the lines of a file",
  description: "Counts line feeds: a last line without one does not count.",
  ret: rInt("lines"),
  tests: [
    { init: "scratch", calls: [TEXT, ["wc_l", { path: "/f" }]], expect: { result: 2 } },
    { init: "scratch", calls: [["wc_l", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const wc_w = defineAction({
  ...counting,
  proc: 119,
  summary: "count the words of a file",
  description: "Counts runs of characters between blanks, as `wc -w` in the C locale.",
  ret: rInt("words"),
  tests: [
    { init: "scratch", calls: [TEXT, ["wc_w", { path: "/f" }]], expect: { result: 6 } },
    { init: "scratch", calls: [["wc_w", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const wc_c = defineAction({
  ...counting,
  proc: 120,
  summary: "count the bytes of a file",
  description: "Counts bytes, as `wc -c`. The result is a 32-bit number; `filesize` gives those of larger files.",
  ret: rInt("chars"),
  tests: [
    { init: "scratch", calls: [TEXT, ["wc_c", { path: "/f" }]], expect: { result: 30 } },
    { init: "scratch", calls: [["wc_c", { path: "/" }]], expect: { errno: "EISDIR" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["truncate_size", { path: "/f", size: 2147483648 }],
        ["wc_c", { path: "/f" }],
      ],
      expect: { errno: "EOVERFLOW" },
    },
  ],
});
