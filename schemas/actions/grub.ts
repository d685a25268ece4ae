/** GRUB (upstream daemon/grub.c). */
import { defineAction } from "../action.ts";
import { device, pathname } from "../field.ts";
import { none } from "../result.ts";

export const grub_install = defineAction({
  proc: 86,
  summary: "install GRUB on a disk",
  description:
    "Installs the GRUB 2 of the appliance, for BIOS: its files below boot/grub of a directory of the guest, its start in the " +
    "boot sector of a disk. The guest's own, run by `command`, knows more of the guest.",
  args: { root: pathname("Directory that holds boot/grub, usually `/`."), device: device("Disk to boot from.") },
  ret: none(),
  effect: "write",
  group: "grub",
  errors: ["ELOOP", "ENOENT"],
  since: "1.0.17",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["grub_install", { root: "/", device: "/dev/sda" }],
        ["exists", { path: "/boot/grub/i386-pc/core.img" }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["mkdir_p", { path: "/boot/grub" }],
        ["ln_s", { target: "/etc", linkname: "/boot/grub/i386-pc" }],
        ["grub_install", { root: "/", device: "/dev/sda" }],
      ],
      expect: { errno: "ELOOP" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["grub_install", { root: "/none", device: "/dev/sda" }],
      ],
      expect: { errno: "ENOENT" },
    },
  ],
});
