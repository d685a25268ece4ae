/** xfs (upstream daemon/xfs.c). */
import { defineAction } from "../action.ts";
import { bool, device, devOrPath, int, int64, pathname, string } from "../field.ts";
import { none, rHashtable, rInt, rStruct } from "../result.ts";
import { structs } from "../structs.ts";

export const xfs_growfs = defineAction({
  proc: 343,
  summary: "grow a mounted xfs filesystem",
  description: "Grows a mounted filesystem, by default its data section to the size of the device. xfs cannot shrink.",
  args: { path: pathname("Where in the guest it is mounted.") },
  optargs: {
    datasec: bool("Grow the data section."),
    logsec: bool("Grow the log section."),
    rtsec: bool("Grow the realtime section."),
    datasize: int64("New size of the data section in blocks."),
    logsize: int64("New size of the log in blocks."),
    rtsize: int64("New size of the realtime section in blocks."),
    rtextsize: int64("Realtime extent size in blocks."),
    maxpct: int("Percentage of the space that inodes may take."),
  },
  ret: none(),
  effect: "write",
  group: "xfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.19.28",
  tests: [
    {
      init: "large",
      calls: [
        ["part_init", { device: "/dev/sdc", parttype: "gpt" }],
        ["part_add", { device: "/dev/sdc", prlogex: "p", startsect: 2048, endsect: 1048575 }],
        ["mkfs", { fstype: "xfs", device: "/dev/sdc1" }],
        ["part_resize", { device: "/dev/sdc", partnum: 1, endsect: 1572863 }],
        ["mount", { mountable: "/dev/sdc1", mountpoint: "/" }],
        ["xfs_growfs", { path: "/", datasec: true }],
        ["xfs_info2", { pathordevice: "/" }],
      ],
      expect: { matches: '"data.blocks","196352"' },
    },
    {
      init: "scratch",
      applianceOnly: "needs the programs of xfs",
      calls: [["xfs_growfs", { path: "/" }]],
      expect: { errno: "" },
    },
  ],
});

export const xfs_info = defineAction({
  proc: 337,
  summary: "tell the geometry of an xfs filesystem",
  description: "Gives sizes in blocks and bytes, numbers that are missing as -1. Superseded by xfs_info2.",
  args: { pathordevice: devOrPath("Place where it is mounted, or device.") },
  ret: rStruct("info", structs.xfsinfo),
  effect: "read",
  group: "xfs",
  errors: ["ENOENT"],
  since: "1.19.21",
  tests: [
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["xfs_info", { pathordevice: "/dev/sdc" }],
      ],
      expect: {
        matches:
          '^{"xfs_mntpoint":"/dev/sdc","xfs_inodesize":512,"xfs_agcount":4,"xfs_agsize":65536,.*' +
          '"xfs_blocksize":4096,"xfs_datablocks":262144,.*"xfs_dirversion":2,.*"xfs_logname":"internal",.*"xfs_rtname":"none"',
      },
    },
    { init: "partition", calls: [["xfs_info", { pathordevice: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const xfs_info2 = defineAction({
  proc: 522,
  summary: "tell the geometry of an xfs filesystem",
  description:
    "Gives everything that xfs_info(8) prints, named `GROUP.FIELD`, with its unit where one is printed; what stands for a " +
    "group itself, such as `version 2` of `naming`, under `GROUP`.",
  args: { pathordevice: devOrPath("Place where it is mounted, or device.") },
  ret: rHashtable("info", "RPlainString", "RPlainString"),
  effect: "read",
  group: "xfs",
  errors: ["ENOENT"],
  since: "1.59.2",
  tests: [
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["mount", { mountable: "/dev/sdc", mountpoint: "/" }],
        ["xfs_info2", { pathordevice: "/" }],
      ],
      expect: {
        matches:
          '\\["meta-data","/dev/sdc"\\],\\["meta-data.isize","512"\\],.*\\["meta-data.agsize","65536 blks"\\],.*' +
          '\\["meta-data.crc","1"\\],.*\\["naming","version 2"\\]',
      },
    },
    {
      init: "scratch",
      applianceOnly: "needs the programs of xfs",
      calls: [["xfs_info2", { pathordevice: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const xfs_admin = defineAction({
  proc: 349,
  summary: "change parameters of an xfs filesystem",
  description: "Changes parameters of a filesystem that is not mounted; those not given stay.",
  args: { device: device("Block device.") },
  optargs: {
    extunwritten: bool("Turn unwritten extents on; false does nothing."),
    imgfile: bool("The device is a file with an image of a filesystem."),
    v2log: bool("Turn version 2 logs on; false does nothing."),
    projid32bit: bool("Turn 32-bit project ids on; false does nothing."),
    lazycounter: bool("Turn lazy counters on or off. Filesystems of version 5 always have them on."),
    label: string("New label, at most 12 bytes without blanks; empty for none."),
    uuid: string("New UUID, or `generate`, `rewrite`, `restore` or `nil`."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "xfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.19.33",
  tests: [
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["xfs_admin", { device: "/dev/sdc", label: "data", uuid: "generate" }],
        ["vfs_label", { mountable: "/dev/sdc" }],
      ],
      expect: { result: "data" },
    },
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["xfs_admin", { device: "/dev/sdc", label: "more than twelve" }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "partition", calls: [["xfs_admin", { device: "/dev/sda1", uuid: "nil" }]], expect: { errno: "" } },
  ],
});

export const xfs_repair = defineAction({
  proc: 366,
  summary: "repair an xfs filesystem",
  description:
    "Checks and repairs a filesystem that is not mounted, on a device or in a file. Gives the status of xfs_repair(8): 0 for " +
    "a sound filesystem and one repaired, 1 for damage, 2 where the log must be replayed by a mount first.",
  args: { device: devOrPath("Block device, or file that holds a filesystem.") },
  optargs: {
    forcelogzero: bool("Throw the log away, and with it the last changes."),
    nomodify: bool("Look only."),
    noprefetch: bool("Do not read ahead."),
    forcegeometry: bool("Trust the geometry of a filesystem with a single allocation group."),
    maxmem: int64("Most memory to use, in megabytes."),
    ihashsize: int64("Size of the inode cache in entries."),
    bhashsize: int64("Size of the buffer cache in entries."),
    agstride: int64("Allocation groups that one thread works on."),
    logdev: string("Device of an external log."),
    rtdev: string("Device of the realtime section."),
  },
  ret: rInt("status"),
  effect: "write",
  unseen: true,
  group: "xfs",
  errors: ["ENOENT"],
  since: "1.19.36",
  tests: [
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["xfs_repair", { device: "/dev/sdc", nomodify: true, noprefetch: true, maxmem: 200 }],
      ],
      expect: { result: 0 },
    },
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["upload_offset", { filename: "damage", remotefilename: "/dev/sdc", offset: 0 }],
        ["xfs_repair", { device: "/dev/sdc", nomodify: true }],
      ],
      expect: { result: 1 },
    },
    {
      init: "large",
      calls: [
        ["mkfs", { fstype: "xfs", device: "/dev/sdc" }],
        ["upload_offset", { filename: "damage", remotefilename: "/dev/sdc", offset: 0 }],
        ["xfs_repair", { device: "/dev/sdc" }],
        ["vfs_type", { mountable: "/dev/sdc" }],
      ],
      expect: { result: "xfs" },
    },
    {
      init: "scratch",
      applianceOnly: "needs the programs of xfs",
      calls: [["xfs_repair", { device: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
