/** Partition tables and partitions (upstream daemon/parted.c, parted.ml). What only one kind of table has is in gpt.ts and mbr.ts. */
import { defineAction } from "../action.ts";
import { bool, device, int, int64, string } from "../field.ts";
import { none, rBool, rString, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

const disk = device("Whole disk.");
const partnum = int("Number of the partition, from 1.", { type: "integer", minimum: 1 });
const parttype = string("Kind of table: `gpt` (or `efi`), `msdos` (or `mbr`), or a rare one that parted knows.");

export const part_init = defineAction({
  proc: 208,
  summary: "make an empty partition table",
  description: "Writes an empty partition table. What the disk held is lost: earlier tables and signatures are wiped.",
  args: { device: disk, parttype },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_parttype", { device: "/dev/sda" }],
      ],
      expect: { result: "gpt" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_init", { device: "/dev/sda", parttype: "dvh" }],
        ["list_partitions"],
      ],
      expect: { result: ["/dev/sda9", "/dev/sda11"] },
    },
    {
      init: "disk",
      calls: [["part_init", { device: "/dev/sda", parttype: "nothing" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "partition",
      calls: [["part_init", { device: "/dev/sda", parttype: "aix" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_add = defineAction({
  proc: 209,
  summary: "add a partition",
  description:
    "Adds a partition, in sectors of the disk, both ends included. Nothing is aligned: the caller chooses. Negative " +
    "numbers count from the end, -1 being the last sector; on GPT the last 33 sectors belong to the table.",
  args: {
    device: disk,
    prlogex: string("`p` or `primary`, `l` or `logical`, `e` or `extended`; the last two only on msdos."),
    startsect: int64("First sector."),
    endsect: int64("Last sector."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "msdos" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: -2048 }],
        ["blockdev_getsize64", { device: "/dev/sda1" }],
      ],
      expect: { result: 266338816 },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "dvh" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 32768, endsect: 65535 }],
        ["list_partitions"],
      ],
      expect: { result: ["/dev/sda1", "/dev/sda9", "/dev/sda11"] },
    },
    {
      init: "disk",
      calls: [["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 4095 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "gpt" }],
        ["part_add", { device: "/dev/sda", prlogex: "x", startsect: 2048, endsect: 4095 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_del = defineAction({
  proc: 233,
  summary: "delete a partition",
  description:
    "Removes a partition from the table. On msdos, removing the extended partition removes the logical ones.",
  args: { device: disk, partnum },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.2",
  tests: [
    {
      init: "partition",
      calls: [["part_del", { device: "/dev/sda", partnum: 1 }], ["list_partitions"]],
      expect: { result: [] },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "mac" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 32768, endsect: 65535 }],
        ["part_del", { device: "/dev/sda", partnum: 2 }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: { result: [{ part_num: 1, part_start: 512, part_end: 32767, part_size: 32256 }] },
    },
    { init: "partition", calls: [["part_del", { device: "/dev/sda", partnum: 3 }]], expect: { errno: "" } },
  ],
});

export const part_disk = defineAction({
  proc: 210,
  summary: "make a table with one partition",
  description: "Makes a table as part_init does, and one partition from sector 128 to 128 sectors before the end.",
  args: { device: disk, parttype },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: {
        result: [{ part_num: 1, part_start: 65536, part_end: 268370431, part_size: 268304896 }],
      },
    },
    {
      init: "disk",
      calls: [["part_disk", { device: "/dev/sda", parttype: "nothing" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_list = defineAction({
  proc: 213,
  summary: "list the partitions of a disk",
  description: "Gives number, first byte, last byte and size in bytes of each partition, in the order of their place.",
  args: { device: disk },
  ret: rStructList("partitions", structs.partition),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "gpt" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 4095 }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: { result: [{ part_num: 1, part_start: 1048576, part_end: 2097151, part_size: 1048576 }] },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "mac" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 32768, endsect: 65535 }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: {
        result: [
          { part_num: 1, part_start: 512, part_end: 32767, part_size: 32256 },
          { part_num: 2, part_start: 16777216, part_end: 33554431, part_size: 16777216 },
        ],
      },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "amiga" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 32640, endsect: 65789 }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: { result: [{ part_num: 1, part_start: 16711680, part_end: 33684479, part_size: 16972800 }] },
    },
    { init: "disk", calls: [["part_list", { device: "/dev/sda" }]], expect: { errno: "EINVAL" } },
  ],
});

export const part_get_parttype = defineAction({
  proc: 214,
  summary: "name the kind of partition table",
  description: "Gives `gpt`, `msdos` or another of part_init's kinds; `loop` for a disk that is one filesystem itself.",
  args: { device: disk },
  ret: rString("parttype"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_get_parttype", { device: "/dev/sda" }],
      ],
      expect: { result: "msdos" },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "amiga" }],
        ["part_get_parttype", { device: "/dev/sda" }],
      ],
      expect: { result: "amiga" },
    },
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "bsd" }],
        ["part_get_parttype", { device: "/dev/sda" }],
      ],
      expect: { result: "bsd" },
    },
    { init: "disk", calls: [["part_get_parttype", { device: "/dev/sda" }]], expect: { errno: "EINVAL" } },
  ],
});

export const part_set_bootable = defineAction({
  proc: 211,
  summary: "set or clear the boot flag of a partition",
  description:
    "On msdos sets or clears the active flag, which at most one partition has. On GPT, as parted does, makes the " +
    "partition an EFI system partition, or a plain one again; for BIOS boot from GPT see part_set_gpt_attributes.",
  args: { device: disk, partnum, bootable: bool("Whether the flag is to be set.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_bootable", { device: "/dev/sda", partnum: 1, bootable: true }],
        ["part_get_bootable", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [["part_set_bootable", { device: "/dev/sda", partnum: 9, bootable: true }]],
      expect: { errno: "" },
    },
  ],
});

export const part_get_bootable = defineAction({
  proc: 234,
  summary: "whether a partition has the boot flag",
  description: "The active flag on msdos; whether it is an EFI system partition on GPT.",
  args: { device: disk, partnum },
  ret: rBool("bootable"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.3.2",
  tests: [
    {
      init: "partition",
      calls: [["part_get_bootable", { device: "/dev/sda", partnum: 1 }]],
      expect: { result: false },
    },
    {
      init: "partition",
      calls: [["part_get_bootable", { device: "/dev/sda", partnum: 2 }]],
      expect: { errno: "" },
    },
  ],
});

export const part_set_name = defineAction({
  proc: 212,
  summary: "name a partition",
  description: "Sets the name that GPT keeps for each partition. Other tables have none.",
  args: { device: disk, partnum, name: string("New name, at most 36 characters.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.78",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_set_name", { device: "/dev/sda", partnum: 1, name: "the name" }],
        ["part_get_name", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: "the name" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_set_name", { device: "/dev/sda", partnum: 1, name: "the name" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_get_name = defineAction({
  proc: 416,
  summary: "give the name of a partition",
  description:
    "Gives the name that GPT keeps for a partition; those made here are called `p1` (part_disk) or `primary` (part_add) first.",
  args: { device: disk, partnum },
  ret: rString("name"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.25.33",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_get_name", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { result: "p1" },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "mbr" }],
        ["part_get_name", { device: "/dev/sda", partnum: 1 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const part_resize = defineAction({
  proc: 477,
  summary: "move the end of a partition",
  description:
    "Gives a partition another last sector; its start and its other properties stay. The filesystem in it is not " +
    "resized: shrink that before, grow it after.",
  args: { device: disk, partnum, endsect: int64("New last sector; negative numbers count from the end of the disk.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.37.20",
  tests: [
    {
      init: "disk",
      calls: [
        ["part_init", { device: "/dev/sda", parttype: "gpt" }],
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 4095 }],
        ["part_resize", { device: "/dev/sda", partnum: 1, endsect: 6143 }],
        ["blockdev_getsize64", { device: "/dev/sda1" }],
      ],
      expect: { result: 2097152 },
    },
    {
      init: "disk",
      calls: [
        ["part_disk", { device: "/dev/sda", parttype: "gpt" }],
        ["part_resize", { device: "/dev/sda", partnum: 1, endsect: 1 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});
