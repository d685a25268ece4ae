/** Comparing files (upstream daemon/cmp.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rBool } from "../result.ts";

export const equal = defineAction({
  proc: 93,
  summary: "tell whether two files have the same content",
  description: "Compares the bytes of two regular files; owners, modes and times do not count.",
  args: { file1: pathname("First file."), file2: pathname("Second file.") },
  ret: rBool("equality"),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL"],
  since: "1.0.18",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/a", content: "text" }],
        ["internal_write", { path: "/b", content: "text" }],
        ["equal", { file1: "/a", file2: "/b" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/a", content: "text" }],
        ["internal_write", { path: "/b", content: "test" }],
        ["equal", { file1: "/a", file2: "/b" }],
      ],
      expect: { result: false },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/a", content: "text" }],
        ["internal_write", { path: "/b", content: "text, longer" }],
        ["equal", { file1: "/a", file2: "/b" }],
      ],
      expect: { result: false },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/a" }],
        ["equal", { file1: "/a", file2: "/none" }],
      ],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/a" }],
        ["equal", { file1: "/a", file2: "/" }],
      ],
      expect: { errno: "EISDIR" },
    },
  ],
});
