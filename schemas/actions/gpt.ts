/** What only GUID partition tables have: type, GUID and attributes of a partition, GUID of the disk (upstream daemon/parted.ml). */
import { defineAction } from "../action.ts";
import { device, guid, int, int64 } from "../field.ts";
import { none, rInt64, rString } from "../result.ts";

const disk = device("Whole disk with a GPT.");
const partnum = int("Number of the partition, from 1.", { type: "integer", minimum: 1 });

export const part_set_gpt_type = defineAction({
  proc: 392,
  summary: "set the type GUID of a partition",
  description: "Sets what a GPT partition is for, by its type GUID. Only on GPT.",
  args: { device: disk, partnum, guid: guid("Type GUID, 36 characters.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.21.1",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_gpt_type", { device: "/dev/sda", partnum: 1, guid: "01234567-89AB-CDEF-0123-456789ABCDEF" }],
        ["part_get_gpt_type", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: "01234567-89AB-CDEF-0123-456789ABCDEF" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_gpt_type", { device: "/dev/sda", partnum: 1, guid: "f" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_get_gpt_type = defineAction({
  proc: 393,
  summary: "give the type GUID of a partition",
  description:
    "Gives the type GUID in upper case. For other tables a GUID stands for the type byte where there is one.",
  args: { device: disk, partnum },
  ret: rString("guid"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.21.1",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_gpt_type", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: "0FC63DAF-8483-4772-8E79-3D69D8477DE4" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_gpt_type", { device: "/dev/sda", partnum: 2 }],
      ],
      expect: { errno: "" },
    },
  ],
});

export const part_set_gpt_guid = defineAction({
  proc: 446,
  summary: "set the GUID of a partition",
  description: "Sets the GUID that tells this partition from all others. Only on GPT.",
  args: { device: disk, partnum, guid: guid("New GUID, 36 characters.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.25",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_gpt_guid", { device: "/dev/sda", partnum: 1, guid: "01234567-89AB-CDEF-0123-456789ABCDEF" }],
        ["part_get_gpt_guid", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: "01234567-89AB-CDEF-0123-456789ABCDEF" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_gpt_guid", { device: "/dev/sda", partnum: 1, guid: "01234567-89AB-CDEF-0123-456789ABCDEF" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_get_gpt_guid = defineAction({
  proc: 447,
  summary: "give the GUID of a partition",
  description: "Gives the GUID of a partition in upper case. Only on GPT.",
  args: { device: disk, partnum },
  ret: rString("guid"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.25",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_gpt_guid", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { matches: "^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_get_gpt_guid", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_set_gpt_attributes = defineAction({
  proc: 503,
  summary: "set the attributes of a partition",
  description:
    "Sets all 64 attribute bits: bit 0 required by the platform, bit 2 bootable by a BIOS, 48 to 63 for the partition's type.",
  args: { device: disk, partnum, attributes: int64("Attribute bits, bit 63 as the sign.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.21.1",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_gpt_attributes", { device: "/dev/sda", partnum: 1, attributes: 4 }],
        ["part_get_gpt_attributes", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: 4 },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_gpt_attributes", { device: "/dev/sda", partnum: 1, attributes: 4 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_get_gpt_attributes = defineAction({
  proc: 504,
  summary: "give the attributes of a partition",
  description: "Gives the 64 attribute bits of a GPT partition, see part_set_gpt_attributes.",
  args: { device: disk, partnum },
  ret: rInt64("attributes"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.21.1",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_gpt_attributes", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: 0 },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_get_gpt_attributes", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_set_disk_guid = defineAction({
  proc: 459,
  summary: "set the GUID of a disk",
  description: "Sets the GUID in the header of the partition table. Only on GPT.",
  args: { device: disk, guid: guid("New GUID, 36 characters.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.33.2",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_disk_guid", { device: "/dev/sda", guid: "01234567-89AB-CDEF-0123-456789ABCDEF" }],
        ["part_get_disk_guid", { device: "/dev/sda" }],
      ],
      expect: { result: "01234567-89AB-CDEF-0123-456789ABCDEF" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_disk_guid", { device: "/dev/sda", guid: "sda" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_get_disk_guid = defineAction({
  proc: 460,
  summary: "give the GUID of a disk",
  description: "Gives the GUID in the header of the partition table, in upper case. Only on GPT.",
  args: { device: disk },
  ret: rString("guid"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.33.2",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_disk_guid", { device: "/dev/sda" }],
      ],
      expect: { matches: "^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_get_disk_guid", { device: "/dev/sda" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_set_disk_guid_random = defineAction({
  proc: 461,
  summary: "give a disk a new GUID",
  description: "Sets the GUID in the header of the partition table to a new random one. Only on GPT.",
  args: { device: disk },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.33.2",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_disk_guid_random", { device: "/dev/sda" }],
        ["part_get_disk_guid", { device: "/dev/sda" }],
      ],
      expect: { matches: "^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_disk_guid_random", { device: "/dev/sda" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_expand_gpt = defineAction({
  proc: 462,
  summary: "move the backup GPT to the end of the disk",
  description:
    "Moves the second copy of the table to the end of a disk that has grown, so that the new space can be used.",
  args: { device: disk },
  ret: none(),
  effect: "write",
  group: "gdisk",
  errors: ["EINVAL", "ENOENT"],
  since: "1.33.2",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_expand_gpt", { device: "/dev/sda" }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_expand_gpt", { device: "/dev/sda" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});
