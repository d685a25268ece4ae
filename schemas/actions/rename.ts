/** Renaming (upstream daemon/rename.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { none } from "../result.ts";

export const rename = defineAction({
  proc: 394,
  summary: "rename a file on the same filesystem",
  description:
    "Calls rename(2): a file at the new path is replaced at once, the new path names the file itself and not a directory to put it in, and nothing goes to another filesystem. `mv` does those.",
  args: { oldpath: pathname("File or directory."), newpath: pathname("Its new path.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "EISDIR", "ENOTDIR", "ENOTEMPTY", "EXDEV", "EINVAL", "EROFS"],
  since: "1.21.5",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/a", content: "of a" }],
        ["touch", { path: "/b" }],
        ["rename", { oldpath: "/a", newpath: "/b" }],
        ["download", { remotefilename: "/b" }],
      ],
      expect: { result: "of a" },
    },
    { init: "scratch", calls: [["rename", { oldpath: "/none", newpath: "/b" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/a" }],
        ["mkdir", { path: "/d" }],
        ["rename", { oldpath: "/a", newpath: "/d" }],
      ],
      expect: { errno: "EISDIR" },
    },
  ],
});
