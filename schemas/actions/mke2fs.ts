/** ext2, ext3 and ext4 with every option of mke2fs (upstream daemon/ext2.c). mkfs does for the usual cases. */
import { defineAction } from "../action.ts";
import { bool, device, int, int64, string } from "../field.ts";
import { none } from "../result.ts";

export const mke2fs = defineAction({
  proc: 368,
  summary: "make an ext filesystem with any option",
  description:
    "Makes an ext filesystem; options that are not given are as mke2fs.conf says. What the device held is lost.",
  args: { device: device("Device to fill.") },
  optargs: {
    blockscount: int64("Size of the filesystem in blocks."),
    blocksize: int64("Block size in bytes."),
    fragsize: int64("Fragment size in bytes."),
    blockspergroup: int64("Blocks in a group."),
    numberofgroups: int64("Groups packed in a flex group."),
    bytesperinode: int64("One inode for so many bytes."),
    inodesize: int64("Size of an inode in bytes."),
    journalsize: int64("Size of the journal in MiB."),
    numberofinodes: int64("Number of inodes."),
    stridesize: int64("RAID stride in blocks."),
    stripewidth: int64("RAID stripe width in blocks."),
    maxonlineresize: int64("Blocks to which it may be grown while mounted."),
    reservedblockspercentage: int("Percentage of blocks kept for root."),
    mmpupdateinterval: int("Seconds between updates of multiple mount protection."),
    journaldevice: string("Device that holds the journal: name, `LABEL=` or `UUID=`."),
    label: string("Filesystem label."),
    lastmounteddir: string("Where it seems to have been mounted last."),
    creatoros: string("Operating system that seems to have made it."),
    fstype: string("`ext2`, `ext3` or `ext4`."),
    usagetype: string("Usage, a section of mke2fs.conf."),
    uuid: string("UUID."),
    forcecreate: bool("Make it even where mke2fs would refuse."),
    writesbandgrouponly: bool("Write superblocks and descriptors only, to rescue one."),
    lazyitableinit: bool("Leave the inode tables to the kernel."),
    lazyjournalinit: bool("Leave the journal as it is."),
    testfs: bool("Mark it as one for testing."),
    discard: bool("Discard blocks before."),
    quotatype: bool("Quota of users and groups."),
    extent: bool("Feature extent."),
    filetype: bool("Feature filetype."),
    flexbg: bool("Feature flex_bg."),
    hasjournal: bool("Feature has_journal."),
    journaldev: bool("Feature journal_dev: make a journal device."),
    largefile: bool("Feature large_file."),
    quota: bool("Feature quota."),
    resizeinode: bool("Feature resize_inode."),
    sparsesuper: bool("Feature sparse_super."),
    uninitbg: bool("Feature uninit_bg."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.19.44",
  tests: [
    {
      init: "partition",
      calls: [
        ["mke2fs", { device: "/dev/sda1", fstype: "ext4", label: "made", blocksize: 4096, hasjournal: false }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "made" },
    },
    { init: "partition", calls: [["mke2fs", { device: "/dev/sda1", blocksize: 17 }]], expect: { errno: "" } },
  ],
});

const blocksize = int("Size of a block in bytes.");
const journalDevice = device("Device to fill with the journal.");
const UUID = "a3a61220-882b-4f61-89f4-cf24dcc7297d";
const old = { ret: none(), effect: "write", errors: ["EINVAL", "ENOENT"], since: "1.0.68" } as const;
const NONE = "/dev/none";

export const mke2journal = defineAction({
  ...old,
  proc: 188,
  summary: "make an ext journal on a device of its own",
  description: "As `mke2fs` with `journaldev`, which new recipes use.",
  args: { blocksize, device: journalDevice },
  tests: [
    {
      init: "partition",
      calls: [
        ["mke2journal", { blocksize: 4096, device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "jbd" },
    },
    { init: "none", calls: [["mke2journal", { blocksize: 4096, device: NONE }]], expect: { errno: "ENOENT" } },
  ],
});

export const mke2journal_L = defineAction({
  ...old,
  proc: 189,
  summary: "make an ext journal with a label on a device of its own",
  description: "As `mke2fs` with `journaldev` and `label`, which new recipes use.",
  args: { blocksize, label: string("Label."), device: journalDevice },
  tests: [
    {
      init: "partition",
      calls: [
        ["mke2journal_L", { blocksize: 4096, label: "JR", device: "/dev/sda1" }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "JR" },
    },
    {
      init: "none",
      calls: [["mke2journal_L", { blocksize: 4096, label: "JR", device: NONE }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const mke2journal_U = defineAction({
  ...old,
  proc: 190,
  summary: "make an ext journal with a UUID on a device of its own",
  description: "As `mke2fs` with `journaldev` and `uuid`, which new recipes use.",
  args: { blocksize, uuid: string("UUID."), device: journalDevice },
  group: "linuxfsuuid",
  tests: [
    {
      init: "partition",
      calls: [
        ["mke2journal_U", { blocksize: 4096, uuid: UUID, device: "/dev/sda1" }],
        ["vfs_uuid", { mountable: "/dev/sda1" }],
      ],
      expect: { result: UUID },
    },
    {
      init: "none",
      calls: [["mke2journal_U", { blocksize: 4096, uuid: UUID, device: NONE }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

/** A device for a filesystem and one with a journal. */
const WITH_JOURNAL = [
  ["lvcreate", { logvol: "JR", volgroup: "VG", mbytes: 16 }],
  ["mke2fs", { device: "/dev/VG/JR", blocksize: 4096, journaldev: true, label: "JR", uuid: UUID }],
] as const;

export const mke2fs_J = defineAction({
  ...old,
  proc: 191,
  summary: "make an ext filesystem with its journal on another device",
  description: "As `mke2fs` with `journaldevice`, which new recipes use.",
  args: {
    fstype: string("`ext3` or `ext4`."),
    blocksize,
    device: device("Device to fill."),
    journal: device("Device with the journal, of the same block size."),
  },
  tests: [
    {
      init: "lvm",
      calls: [
        ...WITH_JOURNAL,
        ["mke2fs_J", { fstype: "ext4", blocksize: 4096, device: "/dev/VG/LV", journal: "/dev/VG/JR" }],
        ["tune2fs_l", { device: "/dev/VG/LV" }],
      ],
      expect: { contains: `["Journal UUID","${UUID}"]` },
    },
    {
      init: "lvm",
      calls: [["mke2fs_J", { fstype: "ext4", blocksize: 4096, device: "/dev/VG/LV", journal: NONE }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const mke2fs_JL = defineAction({
  ...old,
  proc: 192,
  summary: "make an ext filesystem with its journal on the device of a label",
  description: "As `mke2fs` with `journaldevice`, which new recipes use.",
  args: {
    fstype: string("`ext3` or `ext4`."),
    blocksize,
    device: device("Device to fill."),
    label: string("Label of the journal."),
  },
  tests: [
    {
      init: "lvm",
      calls: [
        ...WITH_JOURNAL,
        ["mke2fs_JL", { fstype: "ext4", blocksize: 4096, device: "/dev/VG/LV", label: "JR" }],
        ["tune2fs_l", { device: "/dev/VG/LV" }],
      ],
      expect: { contains: `["Journal UUID","${UUID}"]` },
    },
    {
      init: "lvm",
      calls: [["mke2fs_JL", { fstype: "ext4", blocksize: 4096, device: "/dev/VG/LV", label: "none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const mke2fs_JU = defineAction({
  ...old,
  proc: 193,
  summary: "make an ext filesystem with its journal on the device of a UUID",
  description: "As `mke2fs` with `journaldevice`, which new recipes use.",
  args: {
    fstype: string("`ext3` or `ext4`."),
    blocksize,
    device: device("Device to fill."),
    uuid: string("UUID of the journal."),
  },
  group: "linuxfsuuid",
  tests: [
    {
      init: "lvm",
      calls: [
        ...WITH_JOURNAL,
        ["mke2fs_JU", { fstype: "ext4", blocksize: 4096, device: "/dev/VG/LV", uuid: UUID }],
        ["tune2fs_l", { device: "/dev/VG/LV" }],
      ],
      expect: { contains: `["Journal UUID","${UUID}"]` },
    },
    {
      init: "lvm",
      calls: [["mke2fs_JU", { fstype: "ext4", blocksize: 4096, device: "/dev/VG/LV", uuid: "none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
