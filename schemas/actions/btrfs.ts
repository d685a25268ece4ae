/** btrfs: subvolumes and size (upstream daemon/btrfs.c). */
import { defineAction } from "../action.ts";
import { int, int64, mountableOrPath, pathname, string, stringList } from "../field.ts";
import { none, rInt64, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

export const mkfs_btrfs = defineAction({
  proc: 317,
  summary: "make a btrfs filesystem",
  description: "Makes a btrfs filesystem on one or more devices. What they held is lost.",
  args: { devices: stringList("Devices to fill.", "Device") },
  optargs: {
    allocstart: int64("Ignored by btrfs today."),
    bytecount: int64("Size of the filesystem in bytes; all of the device when not given."),
    datatype: string("Profile of data, for example `single` or `raid1`."),
    leafsize: int("Old name of nodesize."),
    label: string("Filesystem label."),
    metadata: string("Profile of metadata, for example `dup`."),
    nodesize: int("Size of a tree block in bytes."),
    sectorsize: int("Sector size in bytes."),
  },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.17.25",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs_btrfs", { devices: ["/dev/sda1"], label: "b" }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "b" },
    },
    { init: "partition", calls: [["mkfs_btrfs", { devices: [] }]], expect: { errno: "EINVAL" } },
  ],
});

export const btrfs_filesystem_resize = defineAction({
  proc: 289,
  summary: "resize a mounted btrfs filesystem",
  description: "Gives a mounted filesystem a size in bytes, or that of its device.",
  args: { mountpoint: pathname("Where in the guest it is mounted.") },
  optargs: { size: int64("New size in bytes; as large as the device when not given.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.11.17",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_filesystem_resize", { mountpoint: "/" }],
      ],
      expect: { errno: "" },
    },
  ],
  testExcuse: "btrfs refuses every size below 256 MiB, more than the partition of these tests has",
});

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
