/** Copying between devices and files (upstream daemon/copy.c). */
import { defineAction } from "../action.ts";
import { bool, device, int64, pathname } from "../field.ts";
import { none } from "../result.ts";

const optargs = {
  srcoffset: int64("First byte to read."),
  destoffset: int64("First byte to write; a file has a hole before it."),
  size: int64("Number of bytes, which the source must have; to the end of the source when not given."),
  sparse: bool("Leave out blocks of zeroes; right only where the destination is zero there already, as a new file is."),
  append: bool("Write after the end of the destination file, which is not truncated; not for devices."),
};
const source = { device: device("Device to read."), file: pathname("Regular file to read.") };
const destination = {
  device: device("Device to write; it must have room for all bytes."),
  file: pathname("Regular file to write; made where it is missing, truncated unless `append` is set."),
};

/** What the four calls have in common. */
const copying = {
  optargs,
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "EISDIR", "ENOSPC", "EFBIG", "EROFS"],
  since: "1.13.25",
} as const;

export const copy_device_to_device = defineAction({
  ...copying,
  proc: 294,
  summary: "copy a device to another",
  description:
    "Copies bytes from one device to another, by default all of the source. Nothing is written when the source is too short or the destination too small. Overlapping ranges of one device are not copied correctly.",
  args: { src: source.device, dest: destination.device },
  tests: [
    {
      init: "lvm",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/VG/LV", label: "copied" }],
        ["lvcreate", { logvol: "TO", volgroup: "VG", mbytes: 64 }],
        ["copy_device_to_device", { src: "/dev/VG/LV", dest: "/dev/VG/TO", size: 1048576 }],
        ["vfs_label", { mountable: "/dev/VG/TO" }],
      ],
      expect: { result: "copied" },
    },
    {
      init: "lvm",
      calls: [["copy_device_to_device", { src: "/dev/VG/LV", dest: "/dev/sda1", srcoffset: -1 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "partition",
      calls: [["copy_device_to_device", { src: "/dev/sda", dest: "/dev/sda1" }]],
      expect: { errno: "ENOSPC" },
    },
    {
      init: "partition",
      calls: [["copy_device_to_device", { src: "/dev/sda1", dest: "/dev/sda", size: 512, append: true }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

/** A filesystem is mounted on `/`; the disk beside it holds zeroes. */
const BESIDE_A_DISK = { init: "scratch", applianceOnly: "needs a device" } as const;
const ZEROES = ["zero_device", { device: "/dev/sda" }] as const;

export const copy_device_to_file = defineAction({
  ...copying,
  proc: 295,
  summary: "copy a device to a file",
  description: "Copies bytes from a device to a file in the guest, by default all of the device.",
  args: { src: source.device, dest: destination.file },
  tests: [
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["pwrite_device", { device: "/dev/sda", content: "from the device", offset: 60000001 }],
        ["copy_device_to_file", { src: "/dev/sda", dest: "/f", srcoffset: 60000001, size: 15 }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "from the device" },
    },
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["pwrite_device", { device: "/dev/sda", content: "end", offset: 3145728 }],
        ["copy_device_to_file", { src: "/dev/sda", dest: "/f", size: 3145731 }],
        ["download_offset", { remotefilename: "/f", offset: 3145725, size: 100 }],
      ],
      expect: { result: "\0\0\0end" },
    },
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["pwrite_device", { device: "/dev/sda", content: "x", offset: 1000000 }],
        ["copy_device_to_file", { src: "/dev/sda", dest: "/f", sparse: true }],
        ["statns", { path: "/f" }],
      ],
      expect: { contains: '"st_blocks":128,' },
    },
    {
      ...BESIDE_A_DISK,
      calls: [ZEROES, ["copy_device_to_file", { src: "/dev/sda", dest: "/f", size: 268435457 }]],
      expect: { errno: "EINVAL" },
    },
    {
      ...BESIDE_A_DISK,
      calls: [ZEROES, ["copy_device_to_file", { src: "/dev/sda", dest: "/f" }]],
      expect: { errno: "ENOSPC" },
    },
  ],
});

export const copy_file_to_device = defineAction({
  ...copying,
  proc: 296,
  summary: "copy a file to a device",
  description:
    "Copies bytes from a file in the guest to a device, by default all of the file. Nothing is written when the device is too small.",
  args: { src: source.file, dest: destination.device },
  tests: [
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["internal_write", { path: "/f", content: "from the file" }],
        ["copy_file_to_device", { src: "/f", dest: "/dev/sda", srcoffset: 5, destoffset: 511 }],
        ["pread_device", { device: "/dev/sda", count: 10, offset: 510 }],
      ],
      expect: { result: "\0the file\0" },
    },
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["pwrite_device", { device: "/dev/sda", content: "kept", offset: 1048576 }],
        ["touch", { path: "/f" }],
        ["truncate_size", { path: "/f", size: 4194304 }],
        ["internal_write_append", { path: "/f", content: "end" }],
        ["copy_file_to_device", { src: "/f", dest: "/dev/sda", sparse: true }],
        ["pread_device", { device: "/dev/sda", count: 4, offset: 1048576 }],
      ],
      expect: { result: "kept" },
    },
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["touch", { path: "/f" }],
        ["truncate_size", { path: "/f", size: 268435457 }],
        ["copy_file_to_device", { src: "/f", dest: "/dev/sda" }],
      ],
      expect: { errno: "ENOSPC" },
    },
    {
      ...BESIDE_A_DISK,
      calls: [
        ZEROES,
        ["touch", { path: "/f" }],
        ["copy_file_to_device", { src: "/f", dest: "/dev/sda", append: true }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

const ABC = ["internal_write", { path: "/from", content: "abcdefghij" }] as const;

export const copy_file_to_file = defineAction({
  ...copying,
  proc: 297,
  summary: "copy bytes of a file to a file",
  description:
    "Copies bytes from a file in the guest to another. For whole files cp and cp_a are what is wanted: they keep modes and owners. A file is not copied to itself unless `append` is set.",
  args: { src: source.file, dest: destination.file },
  tests: [
    {
      init: "scratch",
      calls: [
        ABC,
        ["internal_write", { path: "/to", content: "0123456789012" }],
        ["copy_file_to_file", { src: "/from", dest: "/to", srcoffset: 2, destoffset: 4, size: 3 }],
        ["download", { remotefilename: "/to" }],
      ],
      expect: { result: "\0\0\0\0cde" },
    },
    {
      init: "scratch",
      calls: [
        ABC,
        ["copy_file_to_file", { src: "/from", dest: "/from", srcoffset: 7, append: true }],
        ["download", { remotefilename: "/from" }],
      ],
      expect: { result: "abcdefghijhij" },
    },
    {
      init: "scratch",
      calls: [
        ABC,
        ["truncate_size", { path: "/from", size: 2000000 }],
        ["copy_file_to_file", { src: "/from", dest: "/to", sparse: true }],
        ["filesize", { file: "/to" }],
      ],
      expect: { result: 2000000 },
    },
    {
      init: "scratch",
      calls: [
        ABC,
        ["truncate_size", { path: "/from", size: 2000000 }],
        ["internal_write_append", { path: "/from", content: "end" }],
        ["copy_file_to_file", { src: "/from", dest: "/to", sparse: true }],
        ["checksum", { csumtype: "md5", path: "/to" }],
      ],
      expect: { result: "3408c78a9d1706c92140b87a4a631c66" },
    },
    {
      init: "scratch",
      calls: [ABC, ["copy_file_to_file", { src: "/from", dest: "/from" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [ABC, ["copy_file_to_file", { src: "/from", dest: "/to", size: 11 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [["copy_file_to_file", { src: "/none", dest: "/to" }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [["copy_file_to_file", { src: "/", dest: "/to" }]],
      expect: { errno: "EISDIR" },
    },
  ],
});
