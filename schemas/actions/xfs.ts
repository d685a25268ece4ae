/** xfs (upstream daemon/xfs.c). */
import { defineAction } from "../action.ts";
import { bool, int, int64, pathname } from "../field.ts";
import { none } from "../result.ts";

export const xfs_growfs = defineAction({
  proc: 343,
  summary: "grow a mounted xfs filesystem",
  description: "Grows a mounted filesystem, by default its data section to the size of the device. xfs cannot shrink.",
  args: { path: pathname("Where in the guest it is mounted.") },
  optargs: {
    datasec: bool("Grow the data section."),
    logsec: bool("Grow the log section."),
    rtsec: bool("Grow the realtime section."),
    datasize: int64("New size of the data section in blocks."),
    logsize: int64("New size of the log in blocks."),
    rtsize: int64("New size of the realtime section in blocks."),
    rtextsize: int64("Realtime extent size in blocks."),
    maxpct: int("Percentage of the space that inodes may take."),
  },
  ret: none(),
  effect: "write",
  group: "xfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.19.28",
  tests: [
    {
      init: "scratch",
      applianceOnly: "needs the programs of xfs",
      calls: [["xfs_growfs", { path: "/" }]],
      expect: { errno: "" },
    },
  ],
  testExcuse: "mkfs.xfs makes nothing below 300 MB, more than the disk of these tests has",
});
