/** Wildcards (upstream daemon/glob.c). */
import { defineAction } from "../action.ts";
import { bool, pathname } from "../field.ts";
import { rStringList } from "../result.ts";

export const glob_expand = defineAction({
  proc: 113,
  summary: "paths that match a wildcard pattern",
  description:
    "Gives the paths in the guest that match a pattern with *, ?, [...] and {a,b}, sorted; none when nothing matches. A tilde " +
    "means itself.",
  args: { pattern: pathname("Pattern.") },
  optargs: { directoryslash: bool("Put a slash behind directories; true when not given.") },
  ret: rStringList("paths"),
  effect: "read",
  errors: [],
  since: "1.0.50",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/g/b" }],
        ["touch", { path: "/g/b\udcff" }],
        ["touch", { path: "/g/c" }],
        ["glob_expand", { pattern: "/g/{b*,x}" }],
      ],
      expect: { result: ["/g/b/", "/g/b\udcff"] },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["glob_expand", { pattern: "/d*", directoryslash: false }],
      ],
      expect: { result: ["/d"] },
    },
    { init: "scratch", calls: [["glob_expand", { pattern: "/none*" }]], expect: { result: [] } },
    { init: "scratch", calls: [["glob_expand", { pattern: "relative*" }]], expect: { errno: "EINVAL" } },
  ],
});
