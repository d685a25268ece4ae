/** Directories: make and remove (upstream daemon/dir.c). */
import { defineAction } from "../action.ts";
import { mode, pathname } from "../field.ts";
import { none } from "../result.ts";

export const mkdir = defineAction({
  proc: 32,
  summary: "create a directory",
  description: "Creates one directory, mode 0777 less the umask. The parent must exist.",
  args: { path: pathname("Directory to create.") },
  ret: none(),
  effect: "write",
  errors: ["EEXIST", "ENOENT", "ENOTDIR", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/new" }],
        ["is_dir", { path: "/new" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["mkdir", { path: "/a/b" }]], expect: { errno: "ENOENT" } },
  ],
});

export const mkdir_p = defineAction({
  proc: 33,
  summary: "create a directory and its parents",
  description:
    "Creates a directory and the parents that are missing. An existing directory is no error; an existing file is.",
  args: { path: pathname("Directory to create.") },
  ret: none(),
  effect: "write",
  errors: ["ENOTDIR", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/a/b" }],
        ["is_dir", { path: "/a/b" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["mkdir_p", { path: "/f/x" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
  ],
});

export const mkdir_mode = defineAction({
  proc: 202,
  summary: "create a directory with a mode",
  description: "Creates one directory with this mode, less the umask.",
  args: { path: pathname("Directory to create."), mode: mode("Permission bits.") },
  ret: none(),
  effect: "write",
  errors: ["EEXIST", "ENOENT", "EROFS"],
  since: "1.0.77",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_mode", { path: "/m", mode: "0711" }],
        ["is_dir", { path: "/m" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["mkdir_mode", { path: "/m/n", mode: "0711" }]], expect: { errno: "ENOENT" } },
  ],
});
