/** The boot loaders of SYSLINUX (upstream daemon/syslinux.c). */
import { defineAction } from "../action.ts";
import { device, pathname, string } from "../field.ts";
import { none } from "../result.ts";

export const syslinux = defineAction({
  proc: 399,
  summary: "install SYSLINUX on a FAT filesystem",
  description:
    "Writes SYSLINUX to a FAT filesystem that is not mounted. The partition must be active and the disk have a boot sector " +
    "that starts it.",
  args: { device: device("Block device.") },
  optargs: { directory: string("Directory on the filesystem for its files; the root when not given.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "syslinux",
  errors: ["ENOENT"],
  since: "1.21.27",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "vfat", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["mkdir", { path: "/boot" }],
        ["umount_all"],
        ["syslinux", { device: "/dev/sda1", directory: "boot" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["is_file", { path: "/boot/ldlinux.sys" }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["syslinux", { device: "/dev/sda1" }],
      ],
      expect: { errno: "" },
    },
  ],
});

export const extlinux = defineAction({
  proc: 400,
  summary: "install EXTLINUX on an ext or btrfs filesystem",
  description:
    "Writes EXTLINUX to a directory of a mounted filesystem and to its boot sector. The partition must be active and the " +
    "disk have a boot sector that starts it.",
  args: { directory: pathname("Directory for its files.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "extlinux",
  errors: ["ELOOP", "ENOENT", "ENOTDIR"],
  since: "1.21.27",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["mkdir", { path: "/boot" }],
        ["extlinux", { directory: "/boot" }],
        ["is_file", { path: "/boot/ldlinux.sys" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      applianceOnly: "needs extlinux",
      calls: [["extlinux", { directory: "/none" }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      applianceOnly: "needs extlinux",
      calls: [
        ["ln_s", { target: "/elsewhere", linkname: "/ldlinux.sys" }],
        ["extlinux", { directory: "/" }],
      ],
      expect: { errno: "ELOOP" },
    },
  ],
});
