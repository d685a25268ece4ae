/** Files in hexadecimal (upstream daemon/hexdump.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rString } from "../result.ts";

export const hexdump = defineAction({
  proc: 96,
  summary: "show a file in hexadecimal",
  description:
    "Gives what `hexdump -C` prints: offset, sixteen bytes, the same as characters; a star stands for lines like the one before. The text must fit in a message of 4 MiB.",
  args: { path: pathname("File.") },
  ret: rString("dump"),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL"],
  since: "1.0.22",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "hello\u0000\n" }],
        ["hexdump", { path: "/f" }],
      ],
      expect: {
        result: "00000000  68 65 6c 6c 6f 00 0a                              |hello..|\n00000007\n",
      },
    },
    { init: "scratch", calls: [["hexdump", { path: "/none" }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["hexdump", { path: "/" }]], expect: { errno: "EISDIR" } },
  ],
});
