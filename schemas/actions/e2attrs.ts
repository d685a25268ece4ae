/** Attributes and generation of inodes (upstream daemon/ext2.c). */
import { defineAction } from "../action.ts";
import { bool, int64, pathname, string } from "../field.ts";
import { none, rInt64, rString } from "../result.ts";

const file = pathname("Regular file or directory.");
const LETTERS =
  "`a` only appending, `A` no access times, `c` compressed, `C` no copy on write, `d` not dumped, `D` directory written at once, `i` immutable, `j` data journaled, `P` project hierarchy, `s` zeroed when deleted, `S` written at once, `t` no tail merging, `T` top of directory tree, `u` undeletable, `x` direct access";
const NOT_ON_MEMORY = "the host's filesystem may have none";

export const get_e2attrs = defineAction({
  proc: 318,
  summary: "read the attributes of an inode",
  description: `Gives the letters of the attributes that are set, in alphabetical order, as chattr(1) has them: ${LETTERS}; and those that cannot be set: \`e\` extents, \`E\` encrypted, \`F\` names without case, \`I\` indexed, \`N\` inline data, \`V\` verity. ext filesystems have them, others some.`,
  args: { file },
  ret: rString("attrs"),
  effect: "read",
  errors: ["ENOENT", "ENOTSUP", "ENOTTY"],
  since: "1.17.31",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["set_e2attrs", { file: "/f", attrs: "id" }],
        ["get_e2attrs", { file: "/f" }],
        ["set_e2attrs", { file: "/f", attrs: "i", clear: true }],
        ["get_e2attrs", { file: "/f" }],
      ],
      expect: { result: "de" },
      applianceOnly: NOT_ON_MEMORY,
    },
    {
      init: "scratch",
      calls: [
        ["mkfifo", { mode: "0644", path: "/f" }],
        ["get_e2attrs", { file: "/f" }],
      ],
      expect: { errno: "ENOTSUP" },
    },
    { init: "scratch", calls: [["get_e2attrs", { file: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const set_e2attrs = defineAction({
  proc: 319,
  summary: "set or clear attributes of an inode",
  description: `Sets attributes, or clears them, and leaves the others as they are: ${LETTERS}.`,
  args: { file, attrs: string("Letters of the attributes, each once.") },
  optargs: { clear: bool("Clear them instead.") },
  ret: none(),
  effect: "write",
  unseen: true,
  errors: ["EINVAL", "ENOENT", "ENOTSUP", "ENOTTY", "EROFS"],
  since: "1.17.31",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["set_e2attrs", { file: "/d", attrs: "Ad" }],
        ["get_e2attrs", { file: "/d" }],
      ],
      expect: { result: "Ade" },
      applianceOnly: NOT_ON_MEMORY,
    },
    { init: "scratch", calls: [["set_e2attrs", { file: "/", attrs: "?" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["set_e2attrs", { file: "/", attrs: "dd" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["set_e2attrs", { file: "/none", attrs: "d" }]], expect: { errno: "ENOENT" } },
  ],
});

/** Without checksums of metadata: the generation is part of them and cannot be set there. */
const OLD_EXT4 = [
  ["mkfs", { fstype: "ext4", device: "/dev/sda1", features: "^metadata_csum" }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
  ["touch", { path: "/f" }],
] as const;

export const get_e2generation = defineAction({
  proc: 320,
  summary: "read the generation of an inode",
  description: "Gives the number that tells uses of an inode number apart, which NFS servers ask for.",
  args: { file },
  ret: rInt64("generation"),
  effect: "read",
  errors: ["ENOENT", "ENOTSUP", "ENOTTY"],
  since: "1.17.31",
  tests: [
    {
      init: "partition",
      calls: [
        ...OLD_EXT4,
        ["set_e2generation", { file: "/f", generation: 4294967295 }],
        ["get_e2generation", { file: "/f" }],
      ],
      expect: { result: 4294967295 },
    },
    { init: "scratch", calls: [["get_e2generation", { file: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const set_e2generation = defineAction({
  proc: 321,
  summary: "set the generation of an inode",
  description:
    "Sets the number that `get_e2generation` reads. ext4 with checksums of metadata, the usual today, refuses it with ENOTTY.",
  args: { file, generation: int64("New generation, 0 to 2^32 - 1.") },
  ret: none(),
  effect: "write",
  unseen: true,
  errors: ["EINVAL", "ENOENT", "ENOTSUP", "ENOTTY", "EROFS"],
  since: "1.17.31",
  tests: [
    {
      init: "partition",
      calls: [
        ...OLD_EXT4,
        ["set_e2generation", { file: "/f", generation: 12345 }],
        ["get_e2generation", { file: "/f" }],
      ],
      expect: { result: 12345 },
    },
    {
      init: "scratch",
      calls: [["set_e2generation", { file: "/", generation: 4294967296 }]],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["set_e2generation", { file: "/none", generation: 1 }]], expect: { errno: "ENOENT" } },
  ],
});
