/** What a device holds, by its signatures (upstream daemon/blkid.ml). */
import { defineAction } from "../action.ts";
import { device, mountable } from "../field.ts";
import { rHashtable, rString } from "../result.ts";

const holder = mountable("Device, or subvolume of one.");

export const vfs_type = defineAction({
  proc: 198,
  summary: "name the kind of filesystem",
  description:
    "Gives the kind of filesystem on a device as mount knows it: `ext4`, `xfs`, ...; or `swap`, `LVM2_member`, " +
    "`crypto_LUKS` and the like; empty when nothing is recognised.",
  args: { mountable: holder },
  ret: rString("fstype"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.75",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "ext2" },
    },
    { init: "disk", calls: [["vfs_type", { mountable: "/dev/sda" }]], expect: { result: "" } },
    { init: "disk", calls: [["vfs_type", { mountable: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const vfs_label = defineAction({
  proc: 253,
  summary: "give the label of a filesystem",
  description: "Gives the label of a filesystem or swap area, empty when it has none.",
  args: { mountable: holder },
  ret: rString("label"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.3.18",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1", label: "LTEST" }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "LTEST" },
    },
    { init: "disk", calls: [["vfs_label", { mountable: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const vfs_uuid = defineAction({
  proc: 254,
  summary: "give the UUID of a filesystem",
  description: "Gives the UUID of a filesystem or swap area, in the form its kind uses; empty when it has none.",
  args: { mountable: holder },
  ret: rString("uuid"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.3.18",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["vfs_uuid", { mountable: "/dev/sda1" }],
      ],
      expect: { matches: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" },
    },
    { init: "disk", calls: [["vfs_uuid", { mountable: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blkid = defineAction({
  proc: 303,
  summary: "tell all that a device's signatures say",
  description:
    "Gives name and value of everything that blkid(8) finds by low-level probing: TYPE, LABEL, UUID, USAGE, VERSION, " +
    "PART_ENTRY_* of the partition itself, PTTYPE and PTUUID of the table on it, sector sizes.",
  args: { device: device("Block device.") },
  ret: rHashtable("info", "RPlainString", "RPlainString"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.15.9",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["blkid", { device: "/dev/sda1" }],
      ],
      expect: { contains: "ext2" },
    },
    { init: "disk", calls: [["blkid", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});
