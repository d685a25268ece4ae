/** Devices by what is on them (upstream daemon/findfs.ml). */
import { defineAction } from "../action.ts";
import { string } from "../field.ts";
import { rString } from "../result.ts";

export const findfs_uuid = defineAction({
  proc: 265,
  summary: "find a filesystem by its UUID",
  description: "Gives the device whose filesystem or swap area has this UUID.",
  args: { uuid: string("UUID of a filesystem.") },
  ret: rString("device", "RDevice"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.5.3",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["findfs_uuid", { uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
      ],
      expect: { result: "/dev/sda1" },
    },
    { init: "partition", calls: [["findfs_uuid", { uuid: "none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const findfs_label = defineAction({
  proc: 266,
  summary: "find a filesystem by its label",
  description: "Gives the device whose filesystem or swap area has this label.",
  args: { label: string("Label of a filesystem.") },
  ret: rString("device", "RDevice"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.5.3",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1", label: "here" }],
        ["findfs_label", { label: "here" }],
      ],
      expect: { result: "/dev/sda1" },
    },
    { init: "partition", calls: [["findfs_label", { label: "none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const findfs_partuuid = defineAction({
  proc: 514,
  summary: "find a partition by its UUID",
  description: "Gives the partition whose entry in the partition table has this UUID.",
  args: { uuid: string("UUID of a partition.") },
  ret: rString("device", "RDevice"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.53.5",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_gpt_guid", { device: "/dev/sda", partnum: 1, guid: "01234567-89AB-CDEF-0123-456789ABCDEF" }],
        ["findfs_partuuid", { uuid: "01234567-89ab-cdef-0123-456789abcdef" }],
      ],
      expect: { result: "/dev/sda1" },
    },
    { init: "partition", calls: [["findfs_partuuid", { uuid: "none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const findfs_partlabel = defineAction({
  proc: 515,
  summary: "find a partition by its name",
  description: "Gives the partition whose entry in the GPT has this name.",
  args: { label: string("Name of a partition.") },
  ret: rString("device", "RDevice"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.53.5",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_name", { device: "/dev/sda", partnum: 1, name: "here" }],
        ["findfs_partlabel", { label: "here" }],
      ],
      expect: { result: "/dev/sda1" },
    },
    { init: "partition", calls: [["findfs_partlabel", { label: "none" }]], expect: { errno: "ENOENT" } },
  ],
});
