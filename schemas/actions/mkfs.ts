/** Making filesystems (upstream daemon/mkfs.c). ext2/3/4 with every option is mke2fs in ext2.ts, btrfs over several devices in btrfs.ts. */
import { defineAction } from "../action.ts";
import { device, int, string } from "../field.ts";
import { none } from "../result.ts";

export const mkfs = defineAction({
  proc: 278,
  summary: "make a filesystem",
  description:
    "Makes a filesystem of any kind that the appliance has a mkfs program for: ext2, ext3, ext4, xfs, btrfs, vfat, ntfs, " +
    "... What the device held is lost. An option that the kind does not know is refused.",
  args: { fstype: string("Kind of filesystem, for example `ext4`."), device: device("Device to fill.") },
  optargs: {
    blocksize: int("Block size in bytes, a power of 2; on vfat and ntfs the cluster size.", {
      type: "integer",
      minimum: 1,
    }),
    features: string("Features as mke2fs -O takes them; ext only."),
    inode: int("Size of an inode in bytes; ext and xfs only.", { type: "integer", minimum: 1 }),
    sectorsize: int("Sector size in bytes; vfat and xfs only.", { type: "integer", minimum: 1 }),
    label: string("Filesystem label."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOTSUP"],
  since: "0.0.8",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1", label: "data", blocksize: 1024 }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "data" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "vfat", device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "vfat" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "btrfs" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "exfat", device: "/dev/sda1", label: "card" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["touch", { path: "/photo" }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "card" },
    },
    {
      init: "partition",
      calls: [["mkfs", { fstype: "xfs", device: "/dev/sda1", features: "extent" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "partition",
      calls: [["mkfs", { fstype: "ext4", device: "/dev/sda1", blocksize: 3 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "partition",
      calls: [["mkfs", { fstype: "nofs", device: "/dev/sda1" }]],
      expect: { errno: "ENOTSUP" },
    },
  ],
});

export const mkfs_b = defineAction({
  proc: 187,
  summary: "make a filesystem with a block size",
  description: "As `mkfs` with `blocksize`, which new recipes use. What the device held is lost.",
  args: {
    fstype: string("Type, for example `ext4`."),
    blocksize: int("Size of a block in bytes, a power of 2; of a cluster on vfat and ntfs."),
    device: device("Device to fill."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOTSUP"],
  since: "1.0.68",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs_b", { fstype: "ext4", blocksize: 2048, device: "/dev/sda1" }],
        ["tune2fs_l", { device: "/dev/sda1" }],
      ],
      expect: { contains: '["Block size","2048"]' },
    },
    {
      init: "partition",
      calls: [["mkfs_b", { fstype: "ext4", blocksize: 17, device: "/dev/sda1" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});
