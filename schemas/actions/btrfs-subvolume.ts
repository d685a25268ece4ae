/** btrfs: subvolumes and snapshots (upstream daemon/btrfs.c). */
import { defineAction } from "../action.ts";
import { bool, int64, mountableOrPath, pathname, string } from "../field.ts";
import { none, rHashtable, rInt64, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

export const btrfs_subvolume_create = defineAction({
  proc: 324,
  summary: "make a subvolume",
  description: "Makes an empty subvolume of a mounted btrfs filesystem.",
  args: { dest: pathname("Path of the new subvolume.") },
  optargs: { qgroupid: string("Quota group to put it in.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["EEXIST", "ENOENT", "ENOTSUP", "ENOTTY"],
  since: "1.17.35",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["is_dir", { path: "/sub" }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/no/sub" }],
      ],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const btrfs_subvolume_delete = defineAction({
  proc: 323,
  summary: "delete a subvolume",
  description: "Deletes a subvolume and all it holds.",
  args: { subvolume: pathname("Path of the subvolume.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.17.35",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["btrfs_subvolume_delete", { subvolume: "/sub" }],
        ["exists", { path: "/sub" }],
      ],
      expect: { result: false },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_delete", { subvolume: "/none" }],
      ],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const btrfs_subvolume_list = defineAction({
  proc: 325,
  summary: "list the subvolumes",
  description: "Gives id, id of the parent, and path of every subvolume of a btrfs filesystem, mounted or not.",
  args: { fs: mountableOrPath("Place where it is mounted, or mountable.") },
  ret: rStructList("subvolumes", structs.btrfssubvolume),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.35",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["btrfs_subvolume_list", { fs: "/" }],
      ],
      expect: { contains: "sub" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["btrfs_subvolume_list", { fs: "/dev/sda1" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const btrfs_subvolume_get_default = defineAction({
  proc: 425,
  summary: "give the default subvolume",
  description: "Gives the id of the subvolume that a plain mount shows; 5 is the top level.",
  args: { fs: mountableOrPath("Place where it is mounted, or mountable.") },
  ret: rInt64("id"),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["btrfs_subvolume_get_default", { fs: "/dev/sda1" }],
      ],
      expect: { result: 5 },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["btrfs_subvolume_get_default", { fs: "/dev/sda1" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const btrfs_subvolume_set_default = defineAction({
  proc: 326,
  summary: "set the default subvolume",
  description: "Sets the subvolume that a plain mount shows from the next mount on.",
  args: { id: int64("Id of the subvolume, 5 for the top level."), fs: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.35",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["btrfs_subvolume_set_default", { id: 256, fs: "/" }],
        ["btrfs_subvolume_get_default", { fs: "/" }],
      ],
      expect: { result: 256 },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_set_default", { id: 999, fs: "/" }],
      ],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_subvolume_snapshot = defineAction({
  proc: 322,
  summary: "make a snapshot of a subvolume",
  description: "Makes a snapshot of a subvolume of a mounted filesystem; in DEST, where that is a directory.",
  args: { source: pathname("Path of the subvolume."), dest: pathname("Path of the snapshot.") },
  optargs: { ro: bool("Whether the snapshot is read-only."), qgroupid: string("Quota group to put it in.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["EEXIST", "ENOENT"],
  since: "1.17.35",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["internal_write", { path: "/sub/file", content: "hello" }],
        ["btrfs_subvolume_snapshot", { source: "/sub", dest: "/snap", ro: true }],
        ["is_file", { path: "/snap/file" }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["mkdir", { path: "/in" }],
        ["btrfs_subvolume_snapshot", { source: "/sub", dest: "/in" }],
        ["is_dir", { path: "/in/sub" }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["ln_s", { target: "/none", linkname: "/link" }],
        ["btrfs_subvolume_snapshot", { source: "/sub", dest: "/link" }],
      ],
      expect: { errno: "EEXIST" },
    },
  ],
});

export const btrfs_subvolume_show = defineAction({
  proc: 426,
  summary: "tell all about a subvolume",
  description: "Gives names and values as `btrfs subvolume show` prints them, a missing value empty, and `path`.",
  args: { subvolume: pathname("Path of the subvolume.") },
  ret: rHashtable("btrfssubvolumeinfo", "RPlainString", "RPlainString"),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_create", { dest: "/sub" }],
        ["btrfs_subvolume_snapshot", { source: "/sub", dest: "/snap" }],
        ["btrfs_subvolume_snapshot", { source: "/sub", dest: "/more", ro: true }],
        ["btrfs_subvolume_show", { subvolume: "/sub" }],
      ],
      expect: { matches: '\\["path","sub"\\].*\\["Parent UUID",""\\].*\\["Snapshot\\(s\\)","snap,more"\\]' },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_subvolume_show", { subvolume: "/none" }],
      ],
      expect: { errno: "ENOENT" },
    },
  ],
});
