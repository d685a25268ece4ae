/** The directory that e2fsck puts lost files in (upstream daemon/ext2.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { none } from "../result.ts";

export const mklost_and_found = defineAction({
  proc: 374,
  summary: "make a lost+found directory",
  description:
    "Makes `lost+found` in the root of an ext filesystem, with room for names set aside, so that e2fsck need not find blocks when there is something to save.",
  args: { mountpoint: pathname("Directory to make it in.") },
  ret: none(),
  effect: "write",
  errors: ["EEXIST", "ENOENT", "ENOTDIR", "ENOSPC", "EROFS"],
  since: "1.19.56",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["mklost_and_found", { mountpoint: "/d" }],
        ["statns", { path: "/d/lost+found" }],
      ],
      expect: { matches: '"st_mode":16832,.*"st_size":(16384|[2-9]\\d{4}),' },
      applianceOnly: "other filesystems than ext set nothing aside",
    },
    {
      init: "scratch",
      calls: [
        ["mklost_and_found", { mountpoint: "/" }],
        ["ls0", { dir: "/lost+found" }],
      ],
      expect: { result: "" },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/lost+found" }],
        ["mklost_and_found", { mountpoint: "/" }],
      ],
      expect: { errno: "EEXIST" },
    },
    { init: "scratch", calls: [["mklost_and_found", { mountpoint: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
