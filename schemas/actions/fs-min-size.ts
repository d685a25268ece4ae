/** How small a filesystem can be made (upstream daemon/fs-min-size.c). */
import { defineAction } from "../action.ts";
import { mountable } from "../field.ts";
import { rInt64 } from "../result.ts";

export const vfs_minimum_size = defineAction({
  proc: 457,
  summary: "tell the smallest size of a filesystem",
  description:
    "Gives the size in bytes that a filesystem can be shrunk to, as its own tools estimate it: ext2, ext3, ext4 and ntfs anywhere, btrfs where it is mounted. xfs cannot be shrunk: mounted, its present size is given.",
  args: { mountable: mountable("Filesystem.") },
  ret: rInt64("sizeinbytes"),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "ENOTSUP"],
  since: "1.31.18",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["vfs_minimum_size", { mountable: "/dev/sda1" }],
      ],
      expect: { matches: "^\\d{6,8}$" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["vfs_minimum_size", { mountable: "/dev/sda1" }],
      ],
      expect: { matches: "^\\d{6,8}$" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["vfs_minimum_size", { mountable: "/dev/sda1" }],
      ],
      expect: { matches: "^\\d{7,9}$" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["vfs_minimum_size", { mountable: "/dev/sda1" }],
      ],
      expect: { errno: "EINVAL" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "vfat", device: "/dev/sda1" }],
        ["vfs_minimum_size", { mountable: "/dev/sda1" }],
      ],
      expect: { errno: "ENOTSUP" },
    },
  ],
});
