/** Disks and partitions by name (upstream daemon/devsparts.ml). Making partitions is in parted.ts. */
import { defineAction } from "../action.ts";
import { device } from "../field.ts";
import { rBool, rHashtable, rInt, rString, rStringList } from "../result.ts";

export const list_devices = defineAction({
  proc: 7,
  summary: "list the disks",
  description:
    "Gives the whole disks in the order they were added: /dev/sda, /dev/sdb, and so on. Partitions, logical volumes and " +
    "the appliance's own disk are not listed.",
  args: {},
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "disk", calls: [["list_devices"]], expect: { contains: "/dev/sda" } }],
});

export const list_partitions = defineAction({
  proc: 8,
  summary: "list the partitions of all disks",
  description:
    "Gives every partition the kernel sees on the disks and md arrays, extended ones too. Empty when no disk has a table.",
  args: {},
  ret: rStringList("partitions", "RDevice"),
  effect: "read",
  errors: [],
  since: "0.0.4",
  tests: [
    { init: "partition", calls: [["list_partitions"]], expect: { result: ["/dev/sda1"] } },
    { init: "disk", calls: [["list_partitions"]], expect: { result: [] } },
  ],
});

export const part_to_dev = defineAction({
  proc: 272,
  summary: "name the disk of a partition",
  description: "Gives the whole disk that a partition is on: /dev/sda for /dev/sda1. Refuses what is no partition.",
  args: { partition: device("Partition.") },
  ret: rString("device", "RDevice"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.5.15",
  tests: [
    {
      init: "partition",
      calls: [["part_to_dev", { partition: "/dev/sda1" }]],
      expect: { result: "/dev/sda" },
    },
    { init: "partition", calls: [["part_to_dev", { partition: "/dev/sda" }]], expect: { errno: "EINVAL" } },
  ],
});

export const part_to_partnum = defineAction({
  proc: 293,
  summary: "give the number of a partition",
  description: "Gives the number of a partition on its disk: 1 for /dev/sda1. Refuses what is no partition.",
  args: { partition: device("Partition.") },
  ret: rInt("partnum"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.13.25",
  tests: [
    { init: "partition", calls: [["part_to_partnum", { partition: "/dev/sda1" }]], expect: { result: 1 } },
    { init: "partition", calls: [["part_to_partnum", { partition: "/dev/sda" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_whole_device = defineAction({
  proc: 395,
  summary: "tell a disk from a partition",
  description: "Whether a device is a whole disk: neither a partition nor a logical volume or other mapped device.",
  args: { device: device("Block device.") },
  ret: rBool("flag"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.21.9",
  tests: [
    { init: "partition", calls: [["is_whole_device", { device: "/dev/sda" }]], expect: { result: true } },
    { init: "partition", calls: [["is_whole_device", { device: "/dev/sda1" }]], expect: { result: false } },
    { init: "disk", calls: [["is_whole_device", { device: "/dev/sda9" }]], expect: { errno: "ENOENT" } },
  ],
});

export const nr_devices = defineAction({
  proc: 336,
  summary: "count the disks",
  description: "Gives how many whole disks there are: the length of list_devices.",
  args: {},
  ret: rInt("nrdisks"),
  effect: "read",
  errors: [],
  since: "1.19.15",
  tests: [{ init: "disk", calls: [["nr_devices"]], expect: { matches: "^[1-9][0-9]*$" } }],
});

export const list_disk_labels = defineAction({
  proc: 369,
  summary: "list the labels that disks were added with",
  description:
    "Gives label and device of every disk that was added with a label, and of its partitions, whose labels have the partition's number behind. `/dev/disk/guestfs/LABEL` names the same device.",
  args: {},
  ret: rHashtable("labels", "RPlainString", "RDevice"),
  effect: "read",
  errors: [],
  since: "1.19.49",
  tests: [{ init: "none", calls: [["list_disk_labels"]], expect: { result: [] } }],
});
