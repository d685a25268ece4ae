/** Lists of LVM objects (upstream daemon/lvm.ml, lvm_full.ml). */
import { defineAction } from "../action.ts";
import { rStringList, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

export const pvs = defineAction({
  proc: 9,
  summary: "list physical volumes",
  description: "Gives the device names of all physical volumes.",
  args: {},
  ret: rStringList("physvols", "RDevice"),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "lvm", calls: [["pvs"]], expect: { result: ["/dev/sda1"] } }],
});

export const vgs = defineAction({
  proc: 10,
  summary: "list volume groups",
  description: "Gives the names of all volume groups.",
  args: {},
  ret: rStringList("volgroups"),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "lvm", calls: [["vgs"]], expect: { result: ["VG"] } }],
});

export const lvs = defineAction({
  proc: 11,
  summary: "list logical volumes",
  description: "Gives the logical volumes of all groups as /dev/VG/LV, without LVM's internal ones.",
  args: {},
  ret: rStringList("logvols", "RDevice"),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "lvm", calls: [["lvs"]], expect: { result: ["/dev/VG/LV"] } }],
});

export const pvs_full = defineAction({
  proc: 12,
  summary: "describe physical volumes",
  description: "Gives what pvs(8) reports of every physical volume. Sizes in bytes.",
  args: {},
  ret: rStructList("physvols", structs.lvm_pv),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "lvm", calls: [["pvs_full"]], expect: { contains: "/dev/sda1" } }],
});

export const vgs_full = defineAction({
  proc: 13,
  summary: "describe volume groups",
  description: "Gives what vgs(8) reports of every volume group. Sizes in bytes.",
  args: {},
  ret: rStructList("volgroups", structs.lvm_vg),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "lvm", calls: [["vgs_full"]], expect: { contains: "VG" } }],
});

export const lvs_full = defineAction({
  proc: 14,
  summary: "describe logical volumes",
  description:
    "Gives what lvs(8) reports of every logical volume. Sizes in bytes; a percentage that does not apply is -1.",
  args: {},
  ret: rStructList("logvols", structs.lvm_lv),
  effect: "read",
  group: "lvm2",
  errors: [],
  since: "0.0.4",
  tests: [{ init: "lvm", calls: [["lvs_full"]], expect: { contains: "LV" } }],
});
