/** What only msdos partition tables have: type bytes and logical partitions (upstream daemon/parted.c, parted.ml). */
import { defineAction } from "../action.ts";
import { device, int } from "../field.ts";
import { none, rInt, rString } from "../result.ts";

const disk = device("Whole disk.");
const partnum = int("Number of the partition, from 1.", { type: "integer", minimum: 1 });

export const part_get_mbr_id = defineAction({
  proc: 235,
  summary: "give the type byte of an msdos partition",
  description: "Gives the type byte, for example 0x83 (131) for Linux. Only on msdos.",
  args: { device: disk, partnum },
  ret: rInt("idbyte"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.2",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_mbr_id", { device: "/dev/sda", partnum: 1, idbyte: 127 }],
        ["part_get_mbr_id", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: 127 },
    },
    {
      init: "partition",
      calls: [["part_get_mbr_id", { device: "/dev/sda", partnum: 9 }]],
      expect: { errno: "" },
    },
  ],
});

export const part_set_mbr_id = defineAction({
  proc: 236,
  summary: "set the type byte of an msdos partition",
  description: "Sets the type byte, from 1 to 255. Only on msdos.",
  args: { device: disk, partnum, idbyte: int("Type byte.", { type: "integer", minimum: 1, maximum: 255 }) },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.2",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_mbr_id", { device: "/dev/sda", partnum: 1, idbyte: 142 }],
        ["part_get_mbr_id", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: 142 },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_mbr_id", { device: "/dev/sda", partnum: 1, idbyte: 256 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_get_mbr_part_type = defineAction({
  proc: 454,
  summary: "tell primary, extended and logical partitions",
  description: "Gives `primary`, `extended` or `logical`. On other tables than msdos always `primary`.",
  args: { device: disk, partnum },
  ret: rString("partitiontype"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.32",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "mbr" }],
        ["part_add", { device: "/dev/sda", prlogex: "e", startsect: 2048, endsect: -2048 }],
        ["part_add", { device: "/dev/sda", prlogex: "l", startsect: 4096, endsect: 8191 }],
        ["part_get_mbr_part_type", { device: "/dev/sda", partnum: 5 }],
      ],
      expect: { result: "logical" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_mbr_part_type", { device: "/dev/sda", partnum: 2 }],
      ],
      expect: { errno: "" },
    },
  ],
});
