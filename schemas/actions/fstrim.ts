/** Free space of mounted filesystems, given back (upstream daemon/fstrim.c). */
import { defineAction } from "../action.ts";
import { int64, pathname } from "../field.ts";
import { none } from "../result.ts";

export const fstrim = defineAction({
  proc: 334,
  summary: "give the free space of a filesystem back",
  description:
    "Tells the disk which blocks of a mounted filesystem are free. A drive with discard gives them back to the host; " +
    "another one does nothing.",
  args: { mountpoint: pathname("Place where it is mounted.") },
  optargs: {
    offset: int64("First byte of the filesystem to look at. Default 0."),
    length: int64("Number of bytes to look at; all when not given."),
    minimumfreeextent: int64("Free ranges that are shorter, in bytes, are left. Default 0."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "fstrim",
  errors: ["EINVAL", "ENOENT", "ENOTSUP", "EROFS"],
  since: "1.19.6",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["fstrim", { mountpoint: "/", offset: 0, length: 16777216, minimumfreeextent: 4096 }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "scratch",
      calls: [["fstrim", { mountpoint: "/", offset: -1 }]],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["fstrim", { mountpoint: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
