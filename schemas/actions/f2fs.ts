/** f2fs (upstream daemon/f2fs.c). */
import { defineAction } from "../action.ts";
import { device } from "../field.ts";
import { none } from "../result.ts";

export const f2fs_expand = defineAction({
  proc: 505,
  summary: "grow an f2fs filesystem to its device",
  description: "Makes a filesystem that is not mounted as large as its device.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "f2fs",
  errors: ["ENOENT"],
  since: "1.39.3",
  tests: [
    {
      init: "large",
      calls: [
        ["part_init", { device: "/dev/sdc", parttype: "gpt" }],
        ["part_add", { device: "/dev/sdc", prlogex: "p", startsect: 2048, endsect: 264191 }],
        ["mkfs", { fstype: "f2fs", device: "/dev/sdc1" }],
        ["part_resize", { device: "/dev/sdc", partnum: 1, endsect: 526335 }],
        ["f2fs_expand", { device: "/dev/sdc1" }],
        ["mount", { mountable: "/dev/sdc1", mountpoint: "/" }],
        ["statvfs", { path: "/" }],
      ],
      expect: { matches: '"blocks":[56][0-9]{4},' },
    },
    { init: "partition", calls: [["f2fs_expand", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});
