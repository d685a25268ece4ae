/** File and filesystem metadata (upstream daemon/stat.c, statvfs.c, utsname). */
import { defineAction } from "../action.ts";
import { pathname, stringList } from "../field.ts";
import { rStruct, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

export const statns = defineAction({
  proc: 421,
  summary: "metadata of a file",
  description: "Gives stat(2) of a file, times with nanoseconds. Symbolic links are followed, inside the guest.",
  args: { path: pathname("File.") },
  ret: rStruct("statbuf", structs.statns),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR", "ELOOP"],
  since: "1.27.53",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_mode", { path: "/d", mode: "0711" }],
        ["ln_s", { target: "/d", linkname: "/l" }],
        ["statns", { path: "/l" }],
      ],
      expect: { contains: '"st_mode":16841,' },
    },
    { init: "scratch", calls: [["statns", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const lstatns = defineAction({
  proc: 422,
  summary: "metadata of a file or symbolic link",
  description: "As statns, but of a symbolic link itself.",
  args: { path: pathname("File.") },
  ret: rStruct("statbuf", structs.statns),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.27.53",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "/none", linkname: "/l" }],
        ["lstatns", { path: "/l" }],
      ],
      expect: { contains: '"st_mode":41471,' },
    },
    { init: "scratch", calls: [["lstatns", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const internal_lstatnslist = defineAction({
  proc: 423,
  summary: "metadata of many files of one directory",
  description: "Gives lstatns of the named files in a directory, in their order; st_ino is -1 where that failed.",
  args: { path: pathname("Directory."), names: stringList("Names in it.", "Filename") },
  ret: rStructList("statbufs", structs.statns),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.27.53",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "12345" }],
        ["internal_lstatnslist", { path: "/", names: ["f", "none"] }],
      ],
      expect: { matches: '"st_size":5,.*"st_ino":-1,' },
    },
    { init: "scratch", calls: [["internal_lstatnslist", { path: "/none", names: [] }]], expect: { errno: "ENOENT" } },
  ],
});

export const statvfs = defineAction({
  proc: 54,
  summary: "size and use of a filesystem",
  description: "Gives statvfs(3) of the filesystem that a path is on.",
  args: { path: pathname("Any path on the filesystem.") },
  ret: rStruct("statbuf", structs.statvfs),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.9.2",
  tests: [
    { init: "scratch", calls: [["statvfs", { path: "/" }]], expect: { contains: '"namemax":255' } },
    { init: "scratch", calls: [["statvfs", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const utsname = defineAction({
  proc: 342,
  summary: "name and version of the appliance's kernel",
  description: "Gives uname(2) of the appliance, which is not the guest's.",
  args: {},
  ret: rStruct("uts", structs.utsname),
  effect: "read",
  errors: [],
  since: "1.19.27",
  tests: [{ init: "none", calls: [["utsname"]], expect: { contains: '"uts_sysname":"Linux"' } }],
});
