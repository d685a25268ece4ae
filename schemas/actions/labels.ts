/** Labels of filesystems (upstream daemon/labels.c). Reading one is vfs_label. */
import { defineAction } from "../action.ts";
import { device, mountable, string } from "../field.ts";
import { none, rString } from "../result.ts";

export const set_label = defineAction({
  proc: 310,
  summary: "label a filesystem",
  description:
    "Sets the label of an ext, xfs, btrfs, vfat or ntfs filesystem or a swap area, mounted or not as its tools allow.",
  args: { mountable: mountable("Device, or subvolume of one."), label: string("New label; empty for none.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOTSUP"],
  since: "1.17.9",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_label", { mountable: "/dev/sda1", label: "mylabel" }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "mylabel" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_label", { mountable: "/dev/sda1", label: "a label that is too long" }],
      ],
      expect: { errno: "EINVAL" },
    },
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1" }],
        ["set_label", { mountable: "/dev/sda1", label: "sixteen bytes it" }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "partition", calls: [["set_label", { mountable: "/dev/sda1", label: "x" }]], expect: { errno: "ENOTSUP" } },
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["set_label", { mountable: "/dev/sdc", label: "data" }],
        ["vfs_label", { mountable: "/dev/sdc" }],
      ],
      expect: { result: "data" },
    },
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["set_label", { mountable: "/dev/sdc", label: "a';true;'" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const set_e2label = defineAction({
  proc: 80,
  summary: "label an ext filesystem",
  description: "Is set_label for ext. Superseded by it.",
  args: { device: device("Block device."), label: string("New label, at most 16 bytes.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.15",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_e2label", { device: "/dev/sda1", label: "old" }],
        ["get_e2label", { device: "/dev/sda1" }],
      ],
      expect: { result: "old" },
    },
    { init: "partition", calls: [["set_e2label", { device: "/dev/sda1", label: "x" }]], expect: { errno: "" } },
  ],
});

export const get_e2label = defineAction({
  proc: 81,
  summary: "give the label of an ext filesystem",
  description: "Is vfs_label for ext. Superseded by it.",
  args: { device: device("Block device.") },
  ret: rString("label"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.15",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1", label: "old" }],
        ["get_e2label", { device: "/dev/sda1" }],
      ],
      expect: { result: "old" },
    },
    { init: "disk", calls: [["get_e2label", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});
