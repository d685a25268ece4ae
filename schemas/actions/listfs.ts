/** All filesystems of all disks (upstream daemon/listfs.ml). */
import { defineAction } from "../action.ts";
import { rHashtable } from "../result.ts";

export const list_filesystems = defineAction({
  proc: 476,
  summary: "list all filesystems",
  description:
    "Gives every mountable and what it holds: disks without partitions, partitions, md arrays, logical volumes, btrfs " +
    "subvolumes (as `btrfsvol:DEVICE/NAME`). The value is the kind of filesystem, `swap`, or `unknown`. Members of LVM, " +
    "md and the like, encrypted devices and extended partitions are left out.",
  args: {},
  ret: rHashtable("fses", "RMountable", "RPlainString"),
  effect: "read",
  errors: [],
  since: "1.5.15",
  tests: [
    {
      init: "lvm",
      calls: [["mkfs", { fstype: "ext4", device: "/dev/VG/LV" }], ["list_filesystems"]],
      expect: { contains: "/dev/VG/LV" },
    },
    { init: "disk", calls: [["list_filesystems"]], expect: { contains: "unknown" } },
  ],
});
