/** The old ways to partition, by sfdisk(8) itself (upstream daemon/sfdisk.c). */
import { defineAction } from "../action.ts";
import { device, int, string, stringList } from "../field.ts";
import { none, rString } from "../result.ts";

const disk = device("Disk.");
const geometry = {
  cyls: int("Cylinders: 0, as sfdisk knows no geometry any more."),
  heads: int("Heads: 0."),
  sectors: int("Sectors: 0."),
};
const NO_GEOMETRY = { cyls: 0, heads: 0, sectors: 0 } as const;
const partitioning = {
  ret: none(),
  effect: "write",
  errors: ["EBUSY", "EINVAL", "ENOENT", "ENOTSUP"],
} as const;
const showing = { args: { device: disk }, effect: "read", errors: ["ENOENT"], since: "1.0.26" } as const;
const MBR = ["part_init", { device: "/dev/sda", parttype: "mbr" }] as const;

export const sfdisk = defineAction({
  ...partitioning,
  proc: 43,
  summary: "partition a disk with lines for sfdisk",
  description:
    "Hands lines to sfdisk, each a partition `start,size,type,bootable`, numbers in sectors or with a unit; a disk without a partition table gets an MBR. A disk in use is refused. `part_init` and `part_add` are what new recipes use.",
  args: { device: disk, ...geometry, lines: stringList("Lines for sfdisk.") },
  since: "0.0.8",
  tests: [
    {
      init: "disk",
      calls: [
        ["sfdisk", { device: "/dev/sda", ...NO_GEOMETRY, lines: ["2048,4096", ",8192,82"] }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: {
        result: [
          { part_num: 1, part_start: 1048576, part_end: 3145727, part_size: 2097152 },
          { part_num: 2, part_start: 3145728, part_end: 7340031, part_size: 4194304 },
        ],
      },
    },
    {
      init: "disk",
      calls: [["sfdisk", { device: "/dev/sda", ...NO_GEOMETRY, lines: ["bogus"] }]],
      expect: { errno: "" },
    },
    {
      init: "disk",
      calls: [["sfdisk", { device: "/dev/sda", ...NO_GEOMETRY, cyls: 3, lines: [","] }]],
      expect: { errno: "ENOTSUP" },
    },
  ],
});

export const sfdisk_N = defineAction({
  ...partitioning,
  proc: 99,
  summary: "change a partition with a line for sfdisk",
  description:
    "Changes one partition of a disk, and leaves the others alone. A disk in use is refused. `part_resize` and `part_add` are what new recipes use.",
  args: {
    device: disk,
    partnum: int("Number of the partition, from 1."),
    ...geometry,
    line: string("Line for sfdisk."),
  },
  since: "1.0.26",
  tests: [
    {
      init: "disk",
      calls: [
        MBR,
        ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 4095 }],
        ["sfdisk_N", { device: "/dev/sda", partnum: 1, ...NO_GEOMETRY, line: ",8192" }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: { result: [{ part_num: 1, part_start: 1048576, part_end: 5242879, part_size: 4194304 }] },
    },
    {
      init: "disk",
      calls: [MBR, ["sfdisk_N", { device: "/dev/sda", partnum: 0, ...NO_GEOMETRY, line: "," }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const sfdiskM = defineAction({
  ...partitioning,
  proc: 139,
  summary: "partition a disk with lines for sfdisk in MiB",
  description:
    "As `sfdisk`, for lines whose start and size are whole MiB unless they name a unit themselves. `part_init` and `part_add` are what new recipes use.",
  args: { device: disk, lines: stringList("Lines for sfdisk.") },
  since: "1.0.55",
  tests: [
    {
      init: "disk",
      calls: [
        ["sfdiskM", { device: "/dev/sda", lines: ["1,4", ",8,82", "size=16"] }],
        ["part_list", { device: "/dev/sda" }],
      ],
      expect: {
        result: [
          { part_num: 1, part_start: 1048576, part_end: 5242879, part_size: 4194304 },
          { part_num: 2, part_start: 5242880, part_end: 13631487, part_size: 8388608 },
          { part_num: 3, part_start: 13631488, part_end: 30408703, part_size: 16777216 },
        ],
      },
    },
    { init: "disk", calls: [["sfdiskM", { device: "/dev/sda", lines: ["bogus"] }]], expect: { errno: "" } },
  ],
});

export const sfdisk_l = defineAction({
  ...showing,
  proc: 100,
  summary: "show the partition table of a disk",
  description: "Gives what `sfdisk -l` prints. For people to read: programs use `part_list`.",
  ret: rString("partitions", "RDevice"),
  tests: [
    {
      init: "partition",
      calls: [["sfdisk_l", { device: "/dev/sda" }]],
      expect: { matches: "^Disk /dev/sda: 256 MiB.*Disklabel type: dos.*\\n/dev/sda1 " },
    },
    { init: "none", calls: [["sfdisk_l", { device: "/dev/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const sfdisk_kernel_geometry = defineAction({
  ...showing,
  proc: 101,
  summary: "show the kernel's geometry of a disk",
  description: "Gives what `sfdisk -g` prints: cylinders, heads and sectors as the kernel makes them up.",
  ret: rString("partitions"),
  tests: [
    {
      init: "disk",
      calls: [["sfdisk_kernel_geometry", { device: "/dev/sda" }]],
      expect: { matches: "^/dev/sda: \\d+ cylinders, \\d+ heads, \\d+ sectors/track" },
    },
    { init: "none", calls: [["sfdisk_kernel_geometry", { device: "/dev/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const sfdisk_disk_geometry = defineAction({
  ...showing,
  proc: 102,
  summary: "show the geometry of a disk by its partition table",
  description:
    "Gives the same as `sfdisk_kernel_geometry`: sfdisk does not read a geometry from partition tables any more.",
  ret: rString("partitions"),
  tests: [
    {
      init: "partition",
      calls: [["sfdisk_disk_geometry", { device: "/dev/sda" }]],
      expect: { matches: "^/dev/sda: \\d+ cylinders, \\d+ heads, \\d+ sectors/track" },
    },
    { init: "none", calls: [["sfdisk_disk_geometry", { device: "/dev/none" }]], expect: { errno: "ENOENT" } },
  ],
});
