/** Directories: make and remove (upstream daemon/dir.c). */
import { defineAction } from "../action.ts";
import { mode, pathname } from "../field.ts";
import { none, rString } from "../result.ts";

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

export const rmdir = defineAction({
  proc: 30,
  summary: "remove an empty directory",
  description: "Removes one directory, which must be empty. A symbolic link to a directory is refused.",
  args: { path: pathname("Directory to remove.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "ENOTEMPTY", "EBUSY", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["rmdir", { path: "/d" }],
        ["exists", { path: "/d" }],
      ],
      expect: { result: false },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/e" }],
        ["rmdir", { path: "/d" }],
      ],
      expect: { errno: "ENOTEMPTY" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["rmdir", { path: "/f" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
  ],
});

export const mkdtemp = defineAction({
  proc: 117,
  summary: "create a directory with a new name",
  description:
    "Creates a directory, mode 0700, whose name is the template with its last six characters replaced by random ones. " +
    "Gives the name; nobody deletes the directory but the caller.",
  args: { tmpl: pathname("Template; its last six characters are XXXXXX.") },
  ret: rString("dir"),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EROFS"],
  since: "1.0.54",
  tests: [
    {
      init: "scratch",
      calls: [["mkdtemp", { tmpl: "/workXXXXXX" }]],
      expect: { matches: "^/work[A-Za-z0-9]{6}$" },
    },
    { init: "scratch", calls: [["mkdtemp", { tmpl: "/work" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["mkdtemp", { tmpl: "/no/workXXXXXX" }]], expect: { errno: "ENOENT" } },
  ],
});
