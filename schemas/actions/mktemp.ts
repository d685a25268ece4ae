/** Temporary files (upstream daemon/mktemp.c). */
import { defineAction } from "../action.ts";
import { pathname, string } from "../field.ts";
import { rString } from "../result.ts";

export const mktemp = defineAction({
  proc: 373,
  summary: "make a temporary file",
  description:
    "Makes an empty file of mode 0600 with a name of its own, and gives its path. Nobody removes it but the caller.",
  args: { tmpl: pathname("Path whose last six characters are `XXXXXX`, which are replaced.") },
  optargs: { suffix: string("Text to append to the name; without a slash.") },
  ret: rString("path"),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOTDIR", "EROFS"],
  since: "1.19.53",
  tests: [
    {
      init: "scratch",
      calls: [["mktemp", { tmpl: "/fooXXXXXX", suffix: ".txt" }]],
      expect: { matches: "^/foo\\w{6}\\.txt$" },
    },
    {
      init: "scratch",
      calls: [
        ["mktemp", { tmpl: "/XXXXXX" }],
        ["ls0", { dir: "/" }],
      ],
      expect: { matches: "\\w{6}\\0" },
    },
    { init: "scratch", calls: [["mktemp", { tmpl: "/fooXXXXX" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["mktemp", { tmpl: "/fooXXXXXX", suffix: "/x" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["mktemp", { tmpl: "/none/XXXXXX" }]], expect: { errno: "ENOENT" } },
  ],
});
