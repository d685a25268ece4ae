/** Overwriting with patterns, by scrub(1) (upstream daemon/scrub.c). */
import { defineAction } from "../action.ts";
import { device, pathname } from "../field.ts";
import { none } from "../result.ts";

export const scrub_device = defineAction({
  proc: 114,
  summary: "overwrite a device with patterns",
  description: "Writes patterns over a device several times, so that what it held is hard to find again.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  group: "scrub",
  errors: ["ENOENT"],
  since: "1.0.52",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "mbr" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 4095 }],
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["scrub_device", { device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "" },
    },
    { init: "disk", calls: [["scrub_device", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const scrub_file = defineAction({
  proc: 115,
  summary: "overwrite a file with patterns and remove it",
  description:
    "Writes patterns over a file several times and removes it. A symbolic link stays, the file that it leads to goes.",
  args: { file: pathname("File to remove.") },
  ret: none(),
  effect: "write",
  group: "scrub",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.52",
  tests: [
    {
      init: "scratch",
      applianceOnly: "needs scrub",
      calls: [
        ["internal_write", { path: "/file", content: "secret" }],
        ["scrub_file", { file: "/file" }],
        ["exists", { path: "/file" }],
      ],
      expect: { result: false },
    },
    {
      init: "scratch",
      applianceOnly: "needs scrub",
      calls: [
        ["mkdir", { path: "/dir" }],
        ["scrub_file", { file: "/dir" }],
      ],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      applianceOnly: "needs scrub",
      calls: [["scrub_file", { file: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const scrub_freespace = defineAction({
  proc: 116,
  summary: "overwrite the free space of a filesystem with patterns",
  description:
    "Makes a directory, fills the filesystem with files in it, writes patterns over them several times, removes them.",
  args: { dir: pathname("Directory to make; it stays, empty.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "scrub",
  errors: ["EEXIST", "ENOENT"],
  since: "1.0.52",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "mbr" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 6143 }],
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["scrub_freespace", { dir: "/free" }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "scratch",
      applianceOnly: "needs scrub",
      calls: [
        ["mkdir", { path: "/dir" }],
        ["scrub_freespace", { dir: "/dir" }],
      ],
      expect: { errno: "EEXIST" },
    },
  ],
});
