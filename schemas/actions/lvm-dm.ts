/** Names of logical volumes and other mapped devices (upstream daemon/lvm_dm.ml). */
import { defineAction } from "../action.ts";
import { mountable, string } from "../field.ts";
import { rBool, rString, rStringList } from "../result.ts";

export const lvm_canonical_lv_name = defineAction({
  proc: 277,
  summary: "give the usual name of a logical volume",
  description: "Gives /dev/VG/LV for any name of a logical volume, for example /dev/mapper/VG-LV.",
  args: { lvname: string("Logical volume.") },
  ret: rString("lv", "RDevice"),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.5.24",
  tests: [
    {
      init: "lvm",
      calls: [["lvm_canonical_lv_name", { lvname: "/dev/mapper/VG-LV" }]],
      expect: { result: "/dev/VG/LV" },
    },
    { init: "lvm", calls: [["lvm_canonical_lv_name", { lvname: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_lv = defineAction({
  proc: 264,
  summary: "whether a device is a logical volume",
  description: "Whether a device is a logical volume of LVM.",
  args: { mountable: mountable("Device, or subvolume of one.") },
  ret: rBool("lvflag"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.5.3",
  tests: [
    { init: "lvm", calls: [["is_lv", { mountable: "/dev/VG/LV" }]], expect: { result: true } },
    { init: "lvm", calls: [["is_lv", { mountable: "/dev/sda1" }]], expect: { result: false } },
    { init: "lvm", calls: [["is_lv", { mountable: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const list_dm_devices = defineAction({
  proc: 287,
  summary: "list mapped devices",
  description: "Gives the devices under /dev/mapper that LVM does not own, for example opened encrypted ones.",
  args: {},
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  errors: [],
  since: "1.11.15",
  tests: [{ init: "lvm", calls: [["list_dm_devices"]], expect: { result: [] } }],
});
