/** Sizes and flags of block devices, by ioctl (upstream daemon/blockdev.ml). */
import { defineAction } from "../action.ts";
import { device, int } from "../field.ts";
import { none, rBool, rInt, rInt64 } from "../result.ts";

const any = device("Block device.");

export const blockdev_getsize64 = defineAction({
  proc: 63,
  summary: "give the size of a device in bytes",
  description: "Gives the size of a disk, partition or volume in bytes, whatever its sector size.",
  args: { device: any },
  ret: rInt64("sizeinbytes"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    { init: "disk", calls: [["blockdev_getsize64", { device: "/dev/sda" }]], expect: { result: 268435456 } },
    { init: "disk", calls: [["blockdev_getsize64", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_getsz = defineAction({
  proc: 62,
  summary: "give the size of a device in 512-byte units",
  description:
    "Gives the size of a device divided by 512, whatever its real sector size. blockdev_getsize64 is clearer.",
  args: { device: any },
  ret: rInt64("sizeinsectors"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    { init: "disk", calls: [["blockdev_getsz", { device: "/dev/sda" }]], expect: { result: 524288 } },
    { init: "disk", calls: [["blockdev_getsz", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_getss = defineAction({
  proc: 59,
  summary: "give the logical sector size of a device",
  description: "Gives the size in bytes of the smallest block that the device can address: 512, sometimes 4096.",
  args: { device: any },
  ret: rInt("sectorsize"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    { init: "disk", calls: [["blockdev_getss", { device: "/dev/sda" }]], expect: { result: 512 } },
    { init: "disk", calls: [["blockdev_getss", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_getbsz = defineAction({
  proc: 60,
  summary: "give the kernel's block size of a device",
  description:
    "Gives the block size in bytes that the kernel's cache uses for the device. A filesystem's may be another.",
  args: { device: any },
  ret: rInt("blocksize"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    { init: "disk", calls: [["blockdev_getbsz", { device: "/dev/sda" }]], expect: { result: 4096 } },
    { init: "disk", calls: [["blockdev_getbsz", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_getro = defineAction({
  proc: 58,
  summary: "whether a device is read-only",
  description: "Whether the kernel refuses writes to the device.",
  args: { device: any },
  ret: rBool("ro"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    {
      init: "disk",
      calls: [
        ["blockdev_setro", { device: "/dev/sda" }],
        ["blockdev_getro", { device: "/dev/sda" }],
      ],
      expect: { result: true },
    },
    { init: "disk", calls: [["blockdev_getro", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_setro = defineAction({
  proc: 56,
  summary: "make a device read-only",
  description: "Makes the kernel refuse writes to the device until blockdev_setrw or the end of the appliance.",
  args: { device: any },
  ret: none(),
  effect: "config",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    {
      init: "disk",
      calls: [
        ["blockdev_setro", { device: "/dev/sda" }],
        ["upload_offset", { filename: "x", remotefilename: "/dev/sda", offset: 0 }],
      ],
      expect: { errno: "EPERM" },
    },
    {
      init: "disk",
      calls: [
        ["blockdev_setro", { device: "/dev/sda" }],
        ["blockdev_getro", { device: "/dev/sda" }],
      ],
      expect: { result: true },
    },
  ],
});

export const blockdev_setrw = defineAction({
  proc: 57,
  summary: "make a device writable",
  description: "Undoes blockdev_setro. A drive that was added read-only stays so.",
  args: { device: any },
  ret: none(),
  effect: "config",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    {
      init: "disk",
      calls: [
        ["blockdev_setro", { device: "/dev/sda" }],
        ["blockdev_setrw", { device: "/dev/sda" }],
        ["blockdev_getro", { device: "/dev/sda" }],
      ],
      expect: { result: false },
    },
    { init: "disk", calls: [["blockdev_setrw", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_flushbufs = defineAction({
  proc: 64,
  summary: "flush the cache of a device",
  description: "Writes what the kernel still holds for the device and forgets what it has read from it.",
  args: { device: any },
  ret: none(),
  effect: "config",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    { init: "disk", calls: [["blockdev_flushbufs", { device: "/dev/sda" }]], expect: { succeeds: true } },
    { init: "disk", calls: [["blockdev_flushbufs", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const blockdev_rereadpt = defineAction({
  proc: 65,
  summary: "read the partition table again",
  description:
    "Makes the kernel read the partition table of a disk again. Refused with EBUSY while a partition of it is in use.",
  args: { device: device("Whole disk.") },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "EINVAL", "ENOENT"],
  since: "1.9.3",
  tests: [
    {
      init: "partition",
      calls: [["blockdev_rereadpt", { device: "/dev/sda" }], ["list_partitions"]],
      expect: { result: ["/dev/sda1"] },
    },
    { init: "partition", calls: [["blockdev_rereadpt", { device: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const blockdev_setra = defineAction({
  proc: 424,
  summary: "set the read-ahead of a device",
  description: "Sets how much the kernel reads ahead, in 512-byte units.",
  args: { device: any, sectors: int("Read-ahead in units of 512 bytes.", { type: "integer", minimum: 0 }) },
  ret: none(),
  effect: "config",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.10",
  tests: [
    { init: "disk", calls: [["blockdev_setra", { device: "/dev/sda", sectors: 1024 }]], expect: { succeeds: true } },
    { init: "disk", calls: [["blockdev_setra", { device: "/dev/sda", sectors: -1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const blockdev_setbsz = defineAction({
  proc: 61,
  summary: "do nothing",
  description:
    "Does nothing, and never did in libguestfs: the block size of a device is its user's. `mkfs` has an option for that of a filesystem.",
  args: { device: device("Block device."), blocksize: int("Ignored.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.3",
  tests: [
    {
      init: "disk",
      calls: [
        ["blockdev_setbsz", { device: "/dev/sda", blocksize: 1024 }],
        ["blockdev_getbsz", { device: "/dev/sda" }],
      ],
      expect: { result: 4096 },
    },
    {
      init: "none",
      calls: [["blockdev_setbsz", { device: "/dev/none", blocksize: 1024 }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
