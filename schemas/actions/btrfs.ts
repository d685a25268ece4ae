/** btrfs: filesystems and their devices (upstream daemon/btrfs.c); the rest is in btrfs-*.ts. */
import { defineAction, type ActionTest } from "../action.ts";
import { bool, device, int, int64, pathname, string, stringList } from "../field.ts";
import { none, rStringList } from "../result.ts";

/** Two devices of 511 MiB, the first one a btrfs mounted on `/`. */
const mountedOnFirst: ActionTest["calls"] = [
  ["part_init", { device: "/dev/sdc", parttype: "gpt" }],
  ["part_add", { device: "/dev/sdc", prlogex: "p", startsect: 2048, endsect: 1048575 }],
  ["part_add", { device: "/dev/sdc", prlogex: "p", startsect: 1048576, endsect: 2095103 }],
  ["mkfs_btrfs", { devices: ["/dev/sdc1"] }],
  ["mount", { mountable: "/dev/sdc1", mountpoint: "/" }],
];

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
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_filesystem_resize", { mountpoint: "/", size: 402653184 }]],
      expect: { succeeds: true },
    },
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
});

export const btrfs_filesystem_sync = defineAction({
  proc: 327,
  summary: "write out a btrfs filesystem",
  description: "Waits until everything written to a mounted filesystem is on its devices.",
  args: { fs: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.35",
  tests: [
    { init: "large", calls: [...mountedOnFirst, ["btrfs_filesystem_sync", { fs: "/" }]], expect: { succeeds: true } },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_filesystem_sync", { fs: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const btrfs_filesystem_defragment = defineAction({
  proc: 443,
  summary: "defragment files of a btrfs filesystem",
  description: "Puts the extents of a file together, or of all files below a directory.",
  args: { path: pathname("File or directory.") },
  optargs: {
    flush: bool("Whether to write out every file at once."),
    compress: string("Compress what is written: `zlib`, `lzo` or `zstd`."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.22",
  tests: [
    {
      init: "large",
      calls: [
        ...mountedOnFirst,
        ["internal_write", { path: "/file", content: "hello" }],
        ["btrfs_filesystem_defragment", { path: "/file", flush: true, compress: "lzo" }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_filesystem_defragment", { path: "/", compress: "rar" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const btrfs_filesystem_show = defineAction({
  proc: 465,
  summary: "list the devices of a btrfs filesystem",
  description: "Gives all devices of the filesystem that a device is part of. One that is not there is an error.",
  args: { device: device("Any device of the filesystem.") },
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  group: "btrfs",
  errors: ["ENODEV", "ENOENT"],
  since: "1.33.29",
  tests: [
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_filesystem_show", { device: "/dev/sdc1" }]],
      expect: { result: ["/dev/sdc1"] },
    },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_filesystem_show", { device: "/dev/sdc2" }]],
      expect: { errno: "" },
    },
    {
      init: "large",
      calls: [
        ...mountedOnFirst,
        ["btrfs_device_add", { devices: ["/dev/sdc2"], fs: "/" }],
        ["umount_all"],
        ["wipefs", { device: "/dev/sdc2" }],
        ["btrfs_filesystem_show", { device: "/dev/sdc1" }],
      ],
      expect: { errno: "ENODEV" },
    },
  ],
});

export const btrfs_device_add = defineAction({
  proc: 329,
  summary: "add devices to a btrfs filesystem",
  description: "Adds devices to a mounted filesystem. What they held is lost. An empty list does nothing.",
  args: { devices: stringList("Devices to add.", "Device"), fs: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.35",
  tests: [
    {
      init: "large",
      calls: [
        ...mountedOnFirst,
        ["btrfs_device_add", { devices: ["/dev/sdc2"], fs: "/" }],
        ["btrfs_filesystem_show", { device: "/dev/sdc1" }],
      ],
      expect: { result: ["/dev/sdc1", "/dev/sdc2"] },
    },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_device_add", { devices: [], fs: "/" }]],
      expect: { succeeds: true },
    },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_device_add", { devices: ["/dev/sdc2"], fs: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const btrfs_device_delete = defineAction({
  proc: 330,
  summary: "remove devices from a btrfs filesystem",
  description:
    "Moves what devices of a mounted filesystem hold to the others and takes them out of it. An empty list does nothing.",
  args: { devices: stringList("Devices to take out.", "Device"), fs: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.35",
  tests: [
    {
      init: "large",
      calls: [
        ...mountedOnFirst,
        ["btrfs_device_add", { devices: ["/dev/sdc2"], fs: "/" }],
        ["btrfs_device_delete", { devices: ["/dev/sdc1"], fs: "/" }],
        ["btrfs_filesystem_show", { device: "/dev/sdc2" }],
      ],
      expect: { result: ["/dev/sdc2"] },
    },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_device_delete", { devices: ["/dev/sdc2"], fs: "/" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_replace = defineAction({
  proc: 455,
  summary: "replace a device of a btrfs filesystem",
  description:
    "Moves what one device of a mounted filesystem holds to another, which takes its place and must not be smaller. What " +
    "the new device held is lost; the old one is wiped.",
  args: {
    srcdev: device("Device to take out."),
    targetdev: device("Device to put in its place."),
    mntpoint: pathname("Place where the filesystem is mounted."),
  },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.48",
  tests: [
    {
      init: "large",
      calls: [
        ...mountedOnFirst,
        ["btrfs_replace", { srcdev: "/dev/sdc1", targetdev: "/dev/sdc2", mntpoint: "/" }],
        ["btrfs_filesystem_show", { device: "/dev/sdc2" }],
      ],
      expect: { result: ["/dev/sdc2"] },
    },
    {
      init: "large",
      calls: [...mountedOnFirst, ["btrfs_replace", { srcdev: "/dev/sdc2", targetdev: "/dev/sdc1", mntpoint: "/" }]],
      expect: { errno: "" },
    },
  ],
});
