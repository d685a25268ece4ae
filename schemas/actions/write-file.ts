/** The old way to write a file (upstream daemon/file.c). */
import { defineAction } from "../action.ts";
import { int, pathname, string } from "../field.ts";
import { none } from "../result.ts";

export const write_file = defineAction({
  proc: 44,
  summary: "write text to a file",
  description:
    "Makes a file, or truncates it, and writes the first `size` bytes of a text, all of it when `size` is 0. `internal_write` takes any bytes and is what new recipes use.",
  args: {
    path: pathname("File; symbolic links are followed."),
    content: string("Text."),
    size: int("Bytes of the text to write; 0: all of them."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "EISDIR", "ENOSPC", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["write_file", { path: "/f", content: "abcdef", size: 3 }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "abc" },
    },
    {
      init: "scratch",
      calls: [
        ["write_file", { path: "/f", content: "abcdef", size: 0 }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "abcdef" },
    },
    { init: "scratch", calls: [["write_file", { path: "/f", content: "abc", size: 4 }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["write_file", { path: "/no/f", content: "a", size: 0 }]], expect: { errno: "ENOENT" } },
  ],
});
