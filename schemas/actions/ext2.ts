/** ext2, ext3 and ext4: check, resize, tune (upstream daemon/ext2.c). mke2fs is in mke2fs.ts, labels are in labels.ts, UUIDs in uuids.ts. */
import { defineAction } from "../action.ts";
import { bool, device, int, int64, string } from "../field.ts";
import { none, rHashtable } from "../result.ts";

export const e2fsck = defineAction({
  proc: 304,
  summary: "check an ext filesystem",
  description:
    "Checks a filesystem that is not mounted, even one marked clean. Without options what needs an answer is an error.",
  args: { device: device("Block device.") },
  optargs: {
    correct: bool("Repair what is safe to repair without asking."),
    forceall: bool("Answer yes to every question."),
    forceno: bool("Answer no to every question: change nothing."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.15.17",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["e2fsck", { device: "/dev/sda1", correct: true }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["e2fsck", { device: "/dev/sda1", correct: true, forceall: true }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "partition", calls: [["e2fsck", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const e2fsck_f = defineAction({
  proc: 108,
  summary: "check an ext filesystem and repair what is safe",
  description: "Is e2fsck with correct. Superseded by it.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.0.29",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["e2fsck_f", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "disk", calls: [["e2fsck_f", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const resize2fs = defineAction({
  proc: 106,
  summary: "fit an ext filesystem to its device",
  description:
    "Makes the filesystem as large as its device. One that is not mounted is checked and, where safe, repaired before.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.0.27",
  tests: [
    {
      init: "lvm",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/VG/LV" }],
        ["lvresize_free", { lv: "/dev/VG/LV", percent: 100 }],
        ["resize2fs", { device: "/dev/VG/LV" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["resize2fs", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const resize2fs_size = defineAction({
  proc: 248,
  summary: "resize an ext filesystem",
  description: "Gives the filesystem a size in bytes, a multiple of 1024. Not smaller than what it holds.",
  args: { device: device("Block device."), size: int64("New size in bytes.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.14",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["resize2fs_size", { device: "/dev/sda1", size: 67108864 }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["resize2fs_size", { device: "/dev/sda1", size: 67108865 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const resize2fs_M = defineAction({
  proc: 281,
  summary: "shrink an ext filesystem to the least",
  description: "Makes the filesystem as small as what it holds allows. tune2fs_l tells the result.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.9.4",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["resize2fs_M", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["resize2fs_M", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const tune2fs_l = defineAction({
  proc: 55,
  summary: "tell the superblock of an ext filesystem",
  description: "Gives names and values as tune2fs -l prints them; a value that is not set is empty.",
  args: { device: device("Block device.") },
  ret: rHashtable("superblock", "RPlainString", "RPlainString"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1", label: "hello" }],
        ["tune2fs_l", { device: "/dev/sda1" }],
      ],
      expect: { contains: "hello" },
    },
    { init: "partition", calls: [["tune2fs_l", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const tune2fs = defineAction({
  proc: 298,
  summary: "tune an ext filesystem",
  description: "Changes parameters of a filesystem; those not given stay.",
  args: { device: device("Block device.") },
  optargs: {
    force: bool("Go on after errors."),
    maxmountcount: int("Mounts between checks; -1 for no limit."),
    mountcount: int("Mounts since the last check, as it shall seem."),
    errorbehavior: string("What the kernel does on an error: `continue`, `remount-ro` or `panic`."),
    group: int64("Group id that may use the reserved blocks."),
    intervalbetweenchecks: int("Seconds between checks; 0 for none."),
    reservedblockspercentage: int("Percentage of blocks kept for root."),
    lastmounteddirectory: string("Where it seems to have been mounted last."),
    reservedblockscount: int64("Number of blocks kept for root."),
    user: int64("User id that may use the reserved blocks."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.15.4",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["tune2fs", { device: "/dev/sda1", maxmountcount: 42 }],
        ["tune2fs_l", { device: "/dev/sda1" }],
      ],
      expect: { contains: "42" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["tune2fs", { device: "/dev/sda1", errorbehavior: "explode" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});
