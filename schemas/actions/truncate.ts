/** Length of files (upstream daemon/truncate.c). */
import { defineAction } from "../action.ts";
import { int64, pathname } from "../field.ts";
import { none } from "../result.ts";

const file = pathname("File; symbolic links are followed.");

export const truncate = defineAction({
  proc: 199,
  summary: "cut a file to length zero",
  description: "Makes an existing file empty.",
  args: { path: file },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EISDIR", "EROFS"],
  since: "1.0.77",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "text" }],
        ["truncate", { path: "/f" }],
        ["filesize", { file: "/f" }],
      ],
      expect: { result: 0 },
    },
    { init: "scratch", calls: [["truncate", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const truncate_size = defineAction({
  proc: 200,
  summary: "set the length of a file",
  description: "Cuts an existing file to this size, or extends it with a hole that reads as zero bytes.",
  args: { path: file, size: int64("New length, bytes.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EISDIR", "EFBIG", "EROFS"],
  since: "1.0.77",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "text" }],
        ["truncate_size", { path: "/f", size: 2 }],
        ["filesize", { file: "/f" }],
      ],
      expect: { result: 2 },
    },
    { init: "scratch", calls: [["truncate_size", { path: "/none", size: 1 }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["truncate_size", { path: "/f", size: -1 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});
