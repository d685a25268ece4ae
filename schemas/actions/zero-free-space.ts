/** Zeroing what no file uses (upstream daemon/zero.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { none } from "../result.ts";

export const zero_free_space = defineAction({
  proc: 311,
  summary: "zero the free space of a filesystem",
  description:
    "Writes zeroes to all space that is free on the filesystem of a directory, and gives it back: afterwards an image compresses well and shows no deleted file. The filesystem is full for a moment. `fstrim` frees the space of the image itself.",
  args: { directory: pathname("Directory on the filesystem, which is mounted for writing.") },
  ret: none(),
  effect: "write",
  unseen: true,
  errors: ["ENOENT", "ENOTDIR", "EROFS"],
  since: "1.17.18",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["fill", { c: 90, len: 100000000, path: "/f" }],
        ["sync"],
        ["rm", { path: "/f" }],
        ["zero_free_space", { directory: "/" }],
        ["umount_all"],
        ["pread_device", { device: "/dev/sda1", count: 4, offset: 100000000 }],
      ],
      expect: { result: "\0\0\0\0" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["zero_free_space", { directory: "/" }],
        ["ls0", { dir: "/" }],
      ],
      expect: { result: "lost+found\0" },
    },
    { init: "scratch", calls: [["zero_free_space", { directory: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
