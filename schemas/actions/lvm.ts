/** Physical volumes, volume groups and logical volumes: make, change, remove (upstream daemon/lvm.c, lvm.ml). Listing is in lvm-full.ts and lvm-uuid.ts. */
import { defineAction } from "../action.ts";
import { device, int, int64, string, stringList } from "../field.ts";
import { none, rBuffer } from "../result.ts";

export const pvcreate = defineAction({
  proc: 39,
  summary: "make a physical volume",
  description: "Makes a device a physical volume of LVM. What the device held is lost.",
  args: { device: device("Device, usually a partition.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["EBUSY", "ENOENT"],
  since: "0.0.8",
  tests: [
    { init: "partition", calls: [["pvcreate", { device: "/dev/sda1" }], ["pvs"]], expect: { result: ["/dev/sda1"] } },
    { init: "disk", calls: [["pvcreate", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const vgcreate = defineAction({
  proc: 40,
  summary: "make a volume group",
  description: "Makes a volume group of one or more physical volumes; devices that are none yet become such.",
  args: { volgroup: string("Name of the new group."), physvols: stringList("Devices of the group.", "Device") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "0.0.8",
  tests: [
    {
      init: "partition",
      calls: [["vgcreate", { volgroup: "VG", physvols: ["/dev/sda1"] }], ["vgs"]],
      expect: { result: ["VG"] },
    },
    { init: "lvm", calls: [["vgcreate", { volgroup: "VG", physvols: ["/dev/sda1"] }]], expect: { errno: "" } },
  ],
});

export const lvcreate = defineAction({
  proc: 41,
  summary: "make a logical volume",
  description:
    "Makes a logical volume of a size in MiB, rounded up to whole extents (4 MiB, if the group says nothing else).",
  args: {
    logvol: string("Name of the new volume."),
    volgroup: string("Group that gives the space."),
    mbytes: int("Size in MiB."),
  },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: [],
  since: "0.0.8",
  tests: [
    {
      init: "lvm",
      calls: [
        ["lvcreate", { logvol: "LV2", volgroup: "VG", mbytes: 8 }],
        ["blockdev_getsize64", { device: "/dev/VG/LV2" }],
      ],
      expect: { result: 8388608 },
    },
    { init: "lvm", calls: [["lvcreate", { logvol: "LV2", volgroup: "none", mbytes: 8 }]], expect: { errno: "" } },
  ],
});

export const lvcreate_free = defineAction({
  proc: 312,
  summary: "make a logical volume from a share of the free space",
  description: "Makes a logical volume that takes a percentage of what is still free in the group: 100 takes all.",
  args: {
    logvol: string("Name of the new volume."),
    volgroup: string("Group that gives the space."),
    percent: int("Percentage of the free space, 1 to 100."),
  },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["EINVAL"],
  since: "1.17.18",
  tests: [
    {
      init: "lvm",
      calls: [
        ["lvremove", { device: "/dev/VG/LV" }],
        ["lvcreate_free", { logvol: "ALL", volgroup: "VG", percent: 100 }],
        ["lvs"],
      ],
      expect: { result: ["/dev/VG/ALL"] },
    },
    {
      init: "lvm",
      calls: [["lvcreate_free", { logvol: "ALL", volgroup: "VG", percent: 101 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const lvremove = defineAction({
  proc: 77,
  summary: "remove logical volumes",
  description: "Removes a logical volume and what it holds. Given /dev/VG, removes every volume of that group.",
  args: { device: device("Logical volume, or group, as a device name.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.0.13",
  tests: [
    { init: "lvm", calls: [["lvremove", { device: "/dev/VG/LV" }], ["lvs"]], expect: { result: [] } },
    { init: "lvm", calls: [["lvremove", { device: "/dev/VG" }], ["lvs"]], expect: { result: [] } },
    { init: "lvm", calls: [["lvremove", { device: "/dev/VG/none" }]], expect: { errno: "ENOENT" } },
    { init: "disk", calls: [["lvremove", { device: "/dev/null" }]], expect: { errno: "EINVAL" } },
  ],
});

export const vgremove = defineAction({
  proc: 78,
  summary: "remove a volume group",
  description: "Removes a volume group with all its logical volumes. The physical volumes stay.",
  args: { vgname: string("Group to remove.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: [],
  since: "1.0.13",
  tests: [
    { init: "lvm", calls: [["vgremove", { vgname: "VG" }], ["vgs"]], expect: { result: [] } },
    { init: "lvm", calls: [["vgremove", { vgname: "none" }]], expect: { errno: "" } },
  ],
});

export const pvremove = defineAction({
  proc: 79,
  summary: "remove a physical volume",
  description: "Takes the LVM label off a device, also when a group still counts it: remove the group first.",
  args: { device: device("Physical volume.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.0.13",
  tests: [
    {
      init: "lvm",
      calls: [["vgremove", { vgname: "VG" }], ["pvremove", { device: "/dev/sda1" }], ["pvs"]],
      expect: { result: [] },
    },
    { init: "disk", calls: [["pvremove", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const lvresize = defineAction({
  proc: 105,
  summary: "resize a logical volume",
  description:
    "Gives a logical volume another size in MiB. When it gets smaller its end is lost: shrink the filesystem before.",
  args: { device: device("Logical volume."), mbytes: int("New size in MiB.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.0.27",
  tests: [
    {
      init: "lvm",
      calls: [
        ["lvresize", { device: "/dev/VG/LV", mbytes: 20 }],
        ["blockdev_getsize64", { device: "/dev/VG/LV" }],
      ],
      expect: { result: 20971520 },
    },
    { init: "lvm", calls: [["lvresize", { device: "/dev/VG/LV", mbytes: 1000000 }]], expect: { errno: "" } },
  ],
});

export const lvresize_free = defineAction({
  proc: 238,
  summary: "grow a logical volume into the free space",
  description: "Adds a percentage of what is still free in the group to a logical volume.",
  args: { lv: device("Logical volume."), percent: int("Percentage of the free space, 1 to 100.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.3",
  tests: [
    {
      init: "lvm",
      calls: [["lvresize_free", { lv: "/dev/VG/LV", percent: 100 }], ["vgs_full"]],
      expect: { contains: "VG" },
    },
    { init: "lvm", calls: [["lvresize_free", { lv: "/dev/VG/LV", percent: 0 }]], expect: { errno: "EINVAL" } },
  ],
});

export const pvresize = defineAction({
  proc: 98,
  summary: "fit a physical volume to its device",
  description: "Makes a physical volume as large as its device has become.",
  args: { device: device("Physical volume.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.0.26",
  tests: [
    { init: "lvm", calls: [["pvresize", { device: "/dev/sda1" }]], expect: { succeeds: true } },
    { init: "partition", calls: [["pvresize", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const pvresize_size = defineAction({
  proc: 249,
  summary: "resize a physical volume",
  description:
    "Gives a physical volume a size in bytes, for example before its partition shrinks. Refused when extents in use would be lost.",
  args: { device: device("Physical volume."), size: int64("New size in bytes.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.3.14",
  tests: [
    {
      init: "partition",
      calls: [
        ["pvcreate", { device: "/dev/sda1" }],
        ["vgcreate", { volgroup: "VG", physvols: ["/dev/sda1"] }],
        ["pvresize_size", { device: "/dev/sda1", size: 67108864 }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "lvm",
      calls: [
        ["lvresize_free", { lv: "/dev/VG/LV", percent: 100 }],
        ["pvresize_size", { device: "/dev/sda1", size: 8388608 }],
      ],
      expect: { errno: "" },
    },
  ],
});

export const lvrename = defineAction({
  proc: 219,
  summary: "rename a logical volume",
  description: "Renames a logical volume within its group.",
  args: { logvol: string("Volume, as /dev/VG/LV."), newlogvol: string("New name, as /dev/VG/LV.") },
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.0.83",
  tests: [
    {
      init: "lvm",
      calls: [["lvrename", { logvol: "/dev/VG/LV", newlogvol: "/dev/VG/NEW" }], ["lvs"]],
      expect: { result: ["/dev/VG/NEW"] },
    },
    { init: "lvm", calls: [["lvrename", { logvol: "/dev/VG/none", newlogvol: "/dev/VG/NEW" }]], expect: { errno: "" } },
  ],
});

export const vgrename = defineAction({
  proc: 220,
  summary: "rename a volume group",
  description: "Renames a volume group; its volumes appear under the new name.",
  args: { volgroup: string("Present name."), newvolgroup: string("New name.") },
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.0.83",
  tests: [
    {
      init: "lvm",
      calls: [["vgrename", { volgroup: "VG", newvolgroup: "VG2" }], ["lvs"]],
      expect: { result: ["/dev/VG2/LV"] },
    },
    { init: "lvm", calls: [["vgrename", { volgroup: "none", newvolgroup: "VG2" }]], expect: { errno: "" } },
  ],
});

export const lvm_remove_all = defineAction({
  proc: 48,
  summary: "remove everything of LVM",
  description: "Removes all logical volumes, volume groups and physical volumes of all disks.",
  args: {},
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: [],
  since: "0.0.8",
  tests: [{ init: "lvm", calls: [["lvm_remove_all"], ["pvs"]], expect: { result: [] } }],
});

export const vgmeta = defineAction({
  proc: 315,
  summary: "give the metadata of a volume group",
  description: "Gives the group's metadata in LVM's text form, as vgcfgbackup writes it.",
  args: { vgname: string("Volume group.") },
  ret: rBuffer("metadata"),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "1.17.20",
  tests: [
    { init: "lvm", calls: [["vgmeta", { vgname: "VG" }]], expect: { contains: "logical_volumes" } },
    { init: "lvm", calls: [["vgmeta", { vgname: "none" }]], expect: { errno: "" } },
  ],
});
