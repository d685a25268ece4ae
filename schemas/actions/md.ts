/** md arrays (upstream daemon/md.c, md.ml). */
import { defineAction, type ActionTest } from "../action.ts";
import { device, int, int64, string, stringList } from "../field.ts";
import { none, rHashtable, rStringList, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

const parts: ActionTest["calls"] = [
  ["part_init", { device: "/dev/sda", parttype: "gpt" }],
  ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 2048, endsect: 133119 }],
  ["part_add", { device: "/dev/sda", prlogex: "p", startsect: 133120, endsect: 264191 }],
];
const array: ActionTest["calls"] = [
  ...parts,
  ["md_create", { name: "r1", devices: ["/dev/sda1", "/dev/sda2"], level: "raid1" }],
];

export const list_md_devices = defineAction({
  proc: 300,
  summary: "list md arrays",
  description: "Gives the md arrays that are running.",
  args: {},
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  errors: [],
  since: "1.15.4",
  tests: [
    { init: "disk", calls: [["list_md_devices"]], expect: { result: [] } },
    { init: "disk", calls: [...array, ["list_md_devices"]], expect: { matches: '^\\["/dev/md[0-9]+"\\]$' } },
  ],
});

export const md_create = defineAction({
  proc: 299,
  summary: "make an md array",
  description:
    "Makes an array of devices, running as /dev/md/NAME. What they held is lost. The devices and the bits of missingbitmap " +
    "must be as many as nrdevices and spare together.",
  args: { name: string("Name of the array."), devices: stringList("Devices to make it of.", "Device") },
  optargs: {
    missingbitmap: int64("Bit n is set where the n-th place, from 0, stays empty. Default 0."),
    nrdevices: int("Number of active devices; all that are not spare when not given."),
    spare: int("Number of spare devices, the last ones. Default 0."),
    chunk: int64("Chunk size in bytes, a multiple of 1024; not with raid1."),
    level: string(
      "`linear`, `raid0`, `raid1` (default), `raid4`, `raid5`, `raid6`, `raid10`, `stripe`, `mirror` or a number.",
    ),
  },
  ret: none(),
  effect: "write",
  group: "mdadm",
  errors: ["EINVAL", "ENOENT"],
  since: "1.15.6",
  tests: [
    {
      init: "disk",
      calls: [
        ...parts,
        ["md_create", { name: "r5", devices: ["/dev/sda1", "/dev/sda2"], level: "5", missingbitmap: 4, chunk: 65536 }],
        ["mkfs", { fstype: "ext2", device: "/dev/md/r5" }],
        ["mount", { mountable: "/dev/md/r5", mountpoint: "/" }],
        ["mountpoints"],
      ],
      expect: { matches: "/dev/md" },
    },
    {
      init: "disk",
      calls: [...parts, ["md_create", { name: "r1", devices: ["/dev/sda1"], nrdevices: 3, missingbitmap: 1 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "disk",
      calls: [...parts, ["md_create", { name: "r7", devices: ["/dev/sda1", "/dev/sda2"], level: "raid7" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "disk",
      calls: [...parts, ["md_create", { name: "r0", devices: ["/dev/sda1", "/dev/sda2"], level: "0", chunk: 1000 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const md_detail = defineAction({
  proc: 301,
  summary: "tell about an md array",
  description:
    "Gives what `mdadm --detail --export` prints, names in lower case without `MD_`: level, devices (their number), " +
    "metadata (version), uuid, name and more.",
  args: { md: device("Device of the array.") },
  ret: rHashtable("info", "RPlainString", "RPlainString"),
  effect: "read",
  group: "mdadm",
  errors: ["ENOENT"],
  since: "1.15.6",
  tests: [
    {
      init: "disk",
      calls: [...array, ["md_detail", { md: "/dev/md/r1" }]],
      expect: { matches: '\\["level","raid1"\\],\\["devices","2"\\],.*\\["device_dev_sda2_dev","/dev/sda2"\\]' },
    },
    { init: "partition", calls: [["md_detail", { md: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const md_stop = defineAction({
  proc: 302,
  summary: "stop an md array",
  description: "Stops an array. Its devices keep what they hold.",
  args: { md: device("Device of the array.") },
  ret: none(),
  effect: "config",
  group: "mdadm",
  errors: ["ENOENT"],
  since: "1.15.6",
  tests: [
    {
      init: "disk",
      calls: [...array, ["md_stop", { md: "/dev/md/r1" }], ["list_md_devices"]],
      expect: { result: [] },
    },
    { init: "partition", calls: [["md_stop", { md: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const md_stat = defineAction({
  proc: 316,
  summary: "list the devices of an md array",
  description:
    "Gives each device of an array with its number and flags: W write-mostly, F faulty, S spare, R replacement.",
  args: { md: device("Device of the array.") },
  ret: rStructList("devices", structs.mdstat),
  effect: "read",
  group: "mdadm",
  errors: ["ENODEV", "ENOENT"],
  since: "1.17.21",
  tests: [
    {
      init: "disk",
      calls: [...array, ["md_stat", { md: "/dev/md/r1" }]],
      expect: {
        result: [
          { mdstat_device: "/dev/sda2", mdstat_index: 1, mdstat_flags: "" },
          { mdstat_device: "/dev/sda1", mdstat_index: 0, mdstat_flags: "" },
        ],
      },
    },
    { init: "partition", calls: [["md_stat", { md: "/dev/sda1" }]], expect: { errno: "ENODEV" } },
  ],
});
