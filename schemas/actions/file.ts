/** Files: create, write, remove, mode, owner, times (upstream daemon/file.c, utimens.c, realpath.c). */
import { defineAction } from "../action.ts";
import { buffer, int, int64, mode, pathname } from "../field.ts";
import { none, rInt64, rString } from "../result.ts";

const file = pathname("File; symbolic links are followed.");
const owner = int("User id; -1 leaves it.");
const group = int("Group id; -1 leaves it.");
const content = buffer("Bytes to write.");

export const touch = defineAction({
  proc: 3,
  summary: "update a file's times, or create it empty",
  description:
    "Sets both times of a regular file to now; creates an empty file where nothing is. Anything but a regular file is refused.",
  args: { path: pathname("File.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EROFS"],
  since: "0.0.3",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["is_file", { path: "/f" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/na\udcefve" }],
        ["ls0", { dir: "/" }],
      ],
      expect: { contains: "na\udcefve\0" },
    },
    { init: "scratch", calls: [["touch", { path: "/" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["touch", { path: "/d/f" }]], expect: { errno: "ENOENT" } },
  ],
});

export const rm = defineAction({
  proc: 29,
  summary: "remove a file",
  description: "Removes one file or link, not what a link points to. A directory is refused.",
  args: { path: pathname("File to remove.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EISDIR", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["rm", { path: "/f" }],
        ["exists", { path: "/f" }],
      ],
      expect: { result: false },
    },
    { init: "scratch", calls: [["rm", { path: "/f" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["rm", { path: "/d" }],
      ],
      expect: { errno: "EISDIR" },
    },
  ],
});

export const rm_f = defineAction({
  proc: 367,
  summary: "remove a file if it is there",
  description: "As rm, but a file that is not there is no error.",
  args: { path: pathname("File to remove.") },
  ret: none(),
  effect: "write",
  errors: ["ENOTDIR", "EISDIR", "EROFS"],
  since: "1.19.42",
  tests: [
    { init: "scratch", calls: [["rm_f", { path: "/none" }]], expect: { succeeds: true } },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["rm_f", { path: "/d" }],
      ],
      expect: { errno: "EISDIR" },
    },
  ],
});

export const rm_rf = defineAction({
  proc: 31,
  summary: "remove a file, or a directory with all that is in it",
  description:
    "Removes a path and everything below it; symbolic links are removed, never followed. Where nothing is, nothing is done. " +
    "The root directory is refused.",
  args: { path: pathname("What to remove.") },
  ret: none(),
  effect: "write",
  errors: ["EBUSY", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/e/f" }],
        ["touch", { path: "/d/e/\udc80" }],
        ["touch", { path: "/keep" }],
        ["ln_s", { target: "/keep", linkname: "/d/link" }],
        ["rm_rf", { path: "/d" }],
        ["find0", { directory: "/" }],
      ],
      expect: { matches: "^(lost\\+found\0)?keep\0(lost\\+found\0)?$" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["rm_rf", { path: "/none" }],
        ["rm_rf", { path: "/f/x" }],
        ["is_file", { path: "/f" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["rm_rf", { path: "/" }]], expect: { errno: "EINVAL" } },
  ],
});

export const chmod = defineAction({
  proc: 34,
  summary: "change the mode of a file",
  description: "Sets the permission bits of a file. Symbolic links are followed.",
  args: { mode: mode("Permission bits; all twelve are set."), path: file },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["chmod", { mode: "4755", path: "/f" }],
        ["statns", { path: "/f" }],
      ],
      expect: { contains: '"st_mode":35309,' },
    },
    { init: "scratch", calls: [["chmod", { mode: "0644", path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const chown = defineAction({
  proc: 35,
  summary: "change the owner and group of a file",
  description: "Sets owner and group, by number. Symbolic links are followed.",
  args: { owner, group, path: file },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EPERM", "EROFS"],
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["ln_s", { target: "f", linkname: "/l" }],
        ["chown", { owner: 12, group: 34, path: "/l" }],
        ["lstatns", { path: "/f" }],
      ],
      expect: { contains: '"st_uid":12,"st_gid":34,' },
    },
    { init: "scratch", calls: [["chown", { owner: 0, group: 0, path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const lchown = defineAction({
  proc: 203,
  summary: "change the owner and group of a file or symbolic link",
  description: "As chown, but a symbolic link itself is changed.",
  args: { owner, group, path: pathname("File or symbolic link.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EPERM", "EROFS"],
  since: "1.0.77",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "none", linkname: "/l" }],
        ["lchown", { owner: 12, group: -1, path: "/l" }],
        ["lstatns", { path: "/l" }],
      ],
      expect: { contains: '"st_uid":12,"st_gid":0,' },
    },
    { init: "scratch", calls: [["lchown", { owner: 0, group: 0, path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const internal_write = defineAction({
  proc: 246,
  summary: "write a file",
  description:
    "Creates a file, or cuts an existing one to nothing, and writes the content. Symbolic links are followed.",
  args: { path: file, content },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EISDIR", "ENOSPC", "EROFS"],
  since: "1.19.32",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "a longer text" }],
        ["internal_write", { path: "/f", content: "short" }],
        ["checksum", { csumtype: "crc", path: "/f" }],
      ],
      expect: { result: "914728700" },
    },
    { init: "scratch", calls: [["internal_write", { path: "/", content: "x" }]], expect: { errno: "EISDIR" } },
  ],
});

export const internal_write_append = defineAction({
  proc: 290,
  summary: "append to a file",
  description:
    "Writes the content at the end of a file, which is created if it is missing. Symbolic links are followed.",
  args: { path: file, content },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EISDIR", "ENOSPC", "EROFS"],
  since: "1.19.32",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write_append", { path: "/f", content: "one" }],
        ["internal_write_append", { path: "/f", content: "two" }],
        ["filesize", { file: "/f" }],
      ],
      expect: { result: 6 },
    },
    {
      init: "scratch",
      calls: [["internal_write_append", { path: "/d/f", content: "x" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const filesize = defineAction({
  proc: 218,
  summary: "size of a file",
  description: "Gives the length of a file in bytes. Symbolic links are followed.",
  args: { file: pathname("File.") },
  ret: rInt64("size"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.0.82",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["truncate_size", { path: "/f", size: "5000000000" }],
        ["filesize", { file: "/f" }],
      ],
      expect: { result: 5000000000 },
    },
    { init: "scratch", calls: [["filesize", { file: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const utimens = defineAction({
  proc: 201,
  summary: "set the times of a file",
  description:
    "Sets access and modification time with nanoseconds, of a symbolic link itself. " +
    "Nanoseconds of -1 mean now, -2 leave that time as it is; the seconds are then ignored.",
  args: {
    path: pathname("File or symbolic link."),
    atsecs: int64("Access time, seconds since 1970."),
    atnsecs: int64("Its nanoseconds, or -1 or -2."),
    mtsecs: int64("Modification time, seconds since 1970."),
    mtnsecs: int64("Its nanoseconds, or -1 or -2."),
  },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTDIR", "EROFS"],
  since: "1.0.77",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["utimens", { path: "/f", atsecs: 12345, atnsecs: 67890, mtsecs: 9876, mtnsecs: 5432 }],
        ["utimens", { path: "/f", atsecs: 0, atnsecs: -2, mtsecs: 1234567890, mtnsecs: 987654321 }],
        ["statns", { path: "/f" }],
      ],
      expect: {
        contains: '"st_atime_sec":12345,"st_atime_nsec":67890,"st_mtime_sec":1234567890,"st_mtime_nsec":987654321,',
      },
    },
    {
      init: "scratch",
      calls: [["utimens", { path: "/none", atsecs: 0, atnsecs: 0, mtsecs: 0, mtnsecs: 0 }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const realpath = defineAction({
  proc: 163,
  summary: "a path without symbolic links",
  description:
    "Gives the absolute path of an existing file, without `.`, `..` and symbolic links, as the guest would see it.",
  args: { path: pathname("Path to resolve.") },
  ret: rString("rpath"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR", "ELOOP"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/a/b" }],
        ["ln_s", { target: "/../../a", linkname: "/l" }],
        ["realpath", { path: "/l/./b/../b" }],
      ],
      expect: { result: "/a/b" },
    },
    { init: "scratch", calls: [["realpath", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
