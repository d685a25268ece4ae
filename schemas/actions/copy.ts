/** Copying between devices (upstream daemon/copy.c). */
import { defineAction } from "../action.ts";
import { bool, device, int64 } from "../field.ts";
import { none } from "../result.ts";

export const copy_device_to_device = defineAction({
  proc: 294,
  summary: "copy a device to another",
  description:
    "Copies bytes from one device to another, by default all of the source. The source must not reach past the end of the other.",
  args: { src: device("Device to read."), dest: device("Device to write.") },
  optargs: {
    srcoffset: int64("First byte to read."),
    destoffset: int64("First byte to write."),
    size: int64("Number of bytes; to the end of the source when not given."),
    sparse: bool("Leave out blocks of zeroes, when the destination is known to be zero there."),
    append: bool("For files only."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOSPC"],
  since: "1.13.25",
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
  ],
});
