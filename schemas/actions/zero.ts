/** Wiping devices (upstream daemon/zero.c, wipefs.c). */
import { defineAction } from "../action.ts";
import { device } from "../field.ts";
import { none } from "../result.ts";

export const zero = defineAction({
  proc: 85,
  summary: "clear the start of a device",
  description: "Writes zeroes over the first 128 KiB of a device, enough for most signatures. wipefs is more exact.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.0.16",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["zero", { device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "" },
    },
    { init: "partition", calls: [["zero", { device: "/dev/sda" }], ["list_partitions"]], expect: { result: [] } },
    { init: "disk", calls: [["zero", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const zero_device = defineAction({
  proc: 228,
  summary: "clear a whole device",
  description: "Writes zeroes over a whole device. Where the disk image can hold holes it gets smaller.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.3.1",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["zero_device", { device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_ro", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["zero_device", { device: "/dev/sda1" }],
        ["is_zero_device", { device: "/dev/sda1" }],
      ],
      expect: { result: true },
    },
    { init: "disk", calls: [["zero_device", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const wipefs = defineAction({
  proc: 306,
  summary: "wipe the signatures of a device",
  description:
    "Erases what makes a device look like a filesystem, a member of something, or a partitioned disk; the rest of its " +
    "data stays.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  group: "wipefs",
  errors: ["EBUSY", "ENOENT"],
  since: "1.17.6",
  tests: [
    {
      init: "lvm",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/VG/LV" }],
        ["wipefs", { device: "/dev/VG/LV" }],
        ["vfs_type", { mountable: "/dev/VG/LV" }],
      ],
      expect: { result: "" },
    },
    { init: "disk", calls: [["wipefs", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});
