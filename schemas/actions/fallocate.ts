/** Files with space set aside for them (upstream daemon/fallocate.c). */
import { defineAction } from "../action.ts";
import { int, int64, pathname } from "../field.ts";
import { none } from "../result.ts";

const path = pathname("File; made where it is missing, else replaced.");
const allocating = {
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "EISDIR", "ENOSPC", "EFBIG", "EROFS"],
} as const;
const TEXT = ["internal_write", { path: "/f", content: "text" }] as const;

export const fallocate = defineAction({
  ...allocating,
  proc: 169,
  summary: "make a file with space set aside, of 2 GiB at most",
  description: "As `fallocate64`, for smaller files.",
  args: { path, len: int("Length of the file, bytes, more than 0.") },
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [TEXT, ["fallocate", { path: "/f", len: 6 }], ["download", { remotefilename: "/f" }]],
      expect: { result: "\0\0\0\0\0\0" },
    },
    { init: "scratch", calls: [["fallocate", { path: "/f", len: -1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const fallocate64 = defineAction({
  ...allocating,
  proc: 252,
  summary: "make a file with space set aside",
  description:
    "Makes a file of zeroes whose blocks are all allocated, so that writing to it cannot fail for want of space. For a file with a hole there is `truncate_size`. Where there is too little space the file is left empty.",
  args: { path, len: int64("Length of the file, bytes, more than 0.") },
  since: "1.3.17",
  tests: [
    {
      init: "scratch",
      calls: [
        ["fallocate64", { path: "/f", len: 1048576 }],
        ["du", { path: "/f" }],
      ],
      expect: { result: 1024 },
    },
    { init: "scratch", calls: [["fallocate64", { path: "/f", len: 0 }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["fallocate64", { path: "/no/f", len: 1 }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [["fallocate64", { path: "/f", len: 999999999999 }]],
      expect: { errno: "ENOSPC" },
      applianceOnly: "needs a small filesystem",
    },
  ],
});
