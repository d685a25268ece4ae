/** Discarding whole devices (upstream daemon/blkdiscard.c). */
import { defineAction } from "../action.ts";
import { device } from "../field.ts";
import { none, rBool } from "../result.ts";

export const blkdiscard = defineAction({
  proc: 417,
  summary: "discard a whole device",
  description:
    "Tells the disk that no block of a device is needed. A drive with discard gives them back to the host; another one does " +
    "nothing. What the device held is lost. One that is in use is refused.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  group: "blkdiscard",
  errors: ["EBUSY", "ENOENT", "ENOTSUP"],
  since: "1.25.44",
  tests: [
    { init: "partition", calls: [["blkdiscard", { device: "/dev/sda1" }]], expect: { succeeds: true } },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["blkdiscard", { device: "/dev/sda1" }],
      ],
      expect: { errno: "EBUSY" },
    },
  ],
});

export const blkdiscardzeroes = defineAction({
  proc: 418,
  summary: "tell whether discarded blocks read as zeroes",
  description:
    "Tells whether blocks that blkdiscard discarded are sure to read as zeroes. Linux promises so no more: false.",
  args: { device: device("Block device.") },
  ret: rBool("zeroes"),
  effect: "read",
  group: "blkdiscardzeroes",
  errors: ["ENOENT"],
  since: "1.25.44",
  tests: [
    { init: "disk", calls: [["blkdiscardzeroes", { device: "/dev/sda" }]], expect: { result: false } },
    { init: "disk", calls: [["blkdiscardzeroes", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});
