/** Free blocks of ext filesystems (upstream daemon/zerofree.c). */
import { defineAction } from "../action.ts";
import { device } from "../field.ts";
import { none } from "../result.ts";

export const zerofree = defineAction({
  proc: 97,
  summary: "fill the free blocks of an ext filesystem with zeroes",
  description:
    "Writes zeroes to all blocks of a filesystem that are free, so that its image packs better. It may not be mounted.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  group: "zerofree",
  errors: ["ENOENT"],
  since: "1.0.26",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["zerofree", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["zerofree", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});
