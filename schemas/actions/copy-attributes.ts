/** Copying what belongs to a file besides its content (upstream daemon/file.c). */
import { defineAction } from "../action.ts";
import { bool, pathname } from "../field.ts";
import { none } from "../result.ts";

const FILES = [
  ["touch", { path: "/a" }],
  ["chmod", { mode: "4750", path: "/a" }],
  ["chown", { owner: 7, group: 8, path: "/a" }],
  ["lsetxattr", { xattr: "user.x", val: "value", vallen: 5, path: "/a" }],
  ["chmod", { mode: "4750", path: "/a" }],
  ["mkdir", { path: "/b" }],
] as const;

export const copy_attributes = defineAction({
  proc: 415,
  summary: "copy mode, owner and extended attributes of a file to another",
  description:
    "Copies what is asked for from one file or directory to another; symbolic links are followed. Extended attributes are added to those that the other has. Copying the owner without the mode takes the set-user-ID bit away, as chown(2) does.",
  args: { src: pathname("File or directory to read."), dest: pathname("File or directory to change.") },
  optargs: {
    all: bool("Copy everything but what another argument excludes."),
    mode: bool("Copy the permissions, with set-user-ID, set-group-ID and sticky bit."),
    xattributes: bool("Copy the extended attributes."),
    ownership: bool("Copy user and group."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOTSUP", "EROFS"],
  since: "1.25.21",
  tests: [
    {
      init: "scratch",
      calls: [
        ...FILES,
        ["copy_attributes", { src: "/a", dest: "/b", all: true }],
        ["lgetxattr", { path: "/b", name: "user.x" }],
      ],
      expect: { result: "value" },
    },
    {
      init: "scratch",
      calls: [...FILES, ["copy_attributes", { src: "/a", dest: "/b", all: true }], ["statns", { path: "/b" }]],
      // 042750 and the set-user-ID bit.
      expect: { matches: '"st_mode":18920,.*"st_uid":7,"st_gid":8,' },
    },
    {
      init: "scratch",
      calls: [
        ...FILES,
        ["copy_attributes", { src: "/a", dest: "/b", all: true, mode: false }],
        ["statns", { path: "/b" }],
      ],
      expect: { matches: '"st_mode":16877,.*"st_uid":7,"st_gid":8,' },
    },
    {
      init: "scratch",
      calls: [...FILES, ["copy_attributes", { src: "/a", dest: "/b", mode: true }], ["statns", { path: "/b" }]],
      expect: { matches: '"st_mode":18920,.*"st_uid":0,"st_gid":0,' },
    },
    {
      init: "scratch",
      calls: [["copy_attributes", { src: "/none", dest: "/", all: true }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [["copy_attributes", { src: "/", dest: "/none", all: true }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
