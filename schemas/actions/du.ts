/** Space that files take (upstream daemon/du.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rInt64 } from "../result.ts";

export const du = defineAction({
  proc: 127,
  summary: "estimate the space that files take",
  description:
    "Adds up the disk space of a file, or of a directory with everything below it, in KiB. Files with several names count once; holes do not count.",
  args: { path: pathname("File or directory; a symbolic link counts itself.") },
  ret: rInt64("sizekb"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.54",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["fill", { c: 1, len: 65536, path: "/d/f" }],
        ["ln", { target: "/d/f", linkname: "/d/g" }],
        ["du", { path: "/d" }],
      ],
      expect: { matches: "^6[4-8]$" },
    },
    { init: "scratch", calls: [["du", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
