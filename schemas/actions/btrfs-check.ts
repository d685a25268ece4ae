/** btrfs: check, rescue and tune a filesystem that is not mounted (upstream daemon/btrfs.c). */
import { defineAction, type ActionTest } from "../action.ts";
import { bool, device, int, int64, pathname, stringList } from "../field.ts";
import { none } from "../result.ts";

const DEVICE = "Device of a filesystem that is not mounted.";
const made: ActionTest["calls"] = [["mkfs", { fstype: "btrfs", device: "/dev/sda1" }]];
const NO_BTRFS: ActionTest["calls"] = [["mkfs", { fstype: "ext2", device: "/dev/sda1" }]];

export const btrfs_fsck = defineAction({
  proc: 332,
  summary: "check a btrfs filesystem",
  description: "Checks a filesystem that is not mounted.",
  args: { device: device(DEVICE) },
  optargs: {
    superblock: int64("Number of the superblock to start from, 0 for the first."),
    repair: bool("Whether to repair. btrfs's developers advise against it; the program waits ten seconds before."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.17.43",
  tests: [
    {
      init: "partition",
      calls: [...made, ["btrfs_fsck", { device: "/dev/sda1", superblock: 1 }]],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [...NO_BTRFS, ["btrfs_fsck", { device: "/dev/sda1" }]], expect: { errno: "" } },
    {
      init: "partition",
      calls: [...made, ["btrfs_fsck", { device: "/dev/sda1", superblock: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const btrfs_rescue_chunk_recover = defineAction({
  proc: 444,
  summary: "rebuild the chunk tree of a btrfs filesystem",
  description: "Reads the whole device for chunks and makes the chunk tree from what it finds.",
  args: { device: device(DEVICE) },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [
    {
      init: "partition",
      calls: [...made, ["btrfs_rescue_chunk_recover", { device: "/dev/sda1" }]],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...NO_BTRFS, ["btrfs_rescue_chunk_recover", { device: "/dev/sda1" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_rescue_super_recover = defineAction({
  proc: 445,
  summary: "repair the superblocks of a btrfs filesystem",
  description: "Writes bad superblocks anew from a good copy.",
  args: { device: device(DEVICE) },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [
    {
      init: "partition",
      calls: [...made, ["btrfs_rescue_super_recover", { device: "/dev/sda1" }]],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [
        ...made,
        ["upload_offset", { filename: "gone", remotefilename: "/dev/sda1", offset: 65600 }],
        ["btrfs_rescue_super_recover", { device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "btrfs" },
    },
    {
      init: "partition",
      calls: [...NO_BTRFS, ["btrfs_rescue_super_recover", { device: "/dev/sda1" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_set_seeding = defineAction({
  proc: 331,
  summary: "set or clear the seeding flag of a btrfs filesystem",
  description: "A seeding filesystem can only be mounted read-only, and be the base of others.",
  args: { device: device(DEVICE), seeding: bool("Whether it is to be seeding.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.43",
  tests: [
    {
      init: "partition",
      calls: [
        ...made,
        ["btrfs_set_seeding", { device: "/dev/sda1", seeding: true }],
        ["btrfs_set_seeding", { device: "/dev/sda1", seeding: false }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["touch", { path: "/file" }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...NO_BTRFS, ["btrfs_set_seeding", { device: "/dev/sda1", seeding: true }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfstune_seeding = defineAction({
  proc: 450,
  summary: "set or clear the seeding flag of a btrfs filesystem",
  description: "Is btrfs_set_seeding.",
  args: { device: device(DEVICE), seeding: bool("Whether it is to be seeding.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.29",
  tests: [
    {
      init: "partition",
      calls: [
        ...made,
        ["btrfstune_seeding", { device: "/dev/sda1", seeding: true }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["touch", { path: "/file" }],
      ],
      expect: { errno: "EROFS" },
    },
    {
      init: "partition",
      calls: [...made, ["btrfstune_seeding", { device: "/dev/sda1", seeding: true }]],
      expect: { succeeds: true },
    },
  ],
});

export const btrfstune_enable_extended_inode_refs = defineAction({
  proc: 451,
  summary: "turn extended inode references on",
  description: "Lets a file have more names in one directory than an inode has place for. It cannot be turned off.",
  args: { device: device(DEVICE) },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.29",
  tests: [
    {
      init: "partition",
      calls: [...made, ["btrfstune_enable_extended_inode_refs", { device: "/dev/sda1" }]],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...NO_BTRFS, ["btrfstune_enable_extended_inode_refs", { device: "/dev/sda1" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfstune_enable_skinny_metadata_extent_refs = defineAction({
  proc: 452,
  summary: "turn skinny metadata extent references on",
  description: "Makes references to metadata smaller. It cannot be turned off.",
  args: { device: device(DEVICE) },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.29",
  tests: [
    {
      init: "partition",
      calls: [...made, ["btrfstune_enable_skinny_metadata_extent_refs", { device: "/dev/sda1" }]],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...NO_BTRFS, ["btrfstune_enable_skinny_metadata_extent_refs", { device: "/dev/sda1" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_image = defineAction({
  proc: 453,
  summary: "write the metadata of a btrfs filesystem to a file",
  description:
    "Writes a file with all metadata of a filesystem, its data left out, for those who look for errors in btrfs.",
  args: {
    source: stringList("Devices of the filesystem.", "Device"),
    image: pathname("File to write, on another filesystem."),
  },
  optargs: { compresslevel: int("From 0, not compressed, to 9, smallest.") },
  ret: none(),
  effect: "write",
  group: "btrfs",
  errors: ["EINVAL", "EISDIR", "ENOENT"],
  since: "1.29.32",
  tests: [
    {
      init: "partition",
      calls: [
        ...made,
        ["mkfs", { fstype: "ext2", device: "/dev/sdc" }],
        ["mount", { mountable: "/dev/sdc", mountpoint: "/" }],
        ["btrfs_image", { source: ["/dev/sda1"], image: "/image", compresslevel: 3 }],
        ["filesize", { file: "/image" }],
      ],
      expect: { matches: "^[1-9][0-9]{3,}$" },
    },
    {
      init: "scratch",
      applianceOnly: "needs the programs of btrfs",
      calls: [["btrfs_image", { source: [], image: "/image" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});
