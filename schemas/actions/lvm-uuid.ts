/** UUIDs of LVM objects (upstream daemon/lvm.c). Forty characters with dashes, 32 without in the lists of lvm-full.ts. */
import { defineAction } from "../action.ts";
import { device, string } from "../field.ts";
import { none, rString, rStringList } from "../result.ts";

export const pvuuid = defineAction({
  proc: 222,
  summary: "give the UUID of a physical volume",
  description: "Gives the UUID of a physical volume.",
  args: { device: device("Physical volume.") },
  ret: rString("uuid"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.87",
  tests: [
    {
      init: "lvm",
      calls: [["pvuuid", { device: "/dev/sda1" }]],
      expect: { matches: "^[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$" },
    },
    { init: "partition", calls: [["pvuuid", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const vguuid = defineAction({
  proc: 223,
  summary: "give the UUID of a volume group",
  description: "Gives the UUID of a volume group.",
  args: { vgname: string("Volume group.") },
  ret: rString("uuid"),
  effect: "read",
  errors: [],
  since: "1.0.87",
  tests: [
    {
      init: "lvm",
      calls: [["vguuid", { vgname: "VG" }]],
      expect: { matches: "^[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$" },
    },
    { init: "lvm", calls: [["vguuid", { vgname: "none" }]], expect: { errno: "" } },
  ],
});

export const lvuuid = defineAction({
  proc: 224,
  summary: "give the UUID of a logical volume",
  description: "Gives the UUID of a logical volume.",
  args: { device: device("Logical volume.") },
  ret: rString("uuid"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.87",
  tests: [
    {
      init: "lvm",
      calls: [["lvuuid", { device: "/dev/VG/LV" }]],
      expect: { matches: "^[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$" },
    },
    { init: "lvm", calls: [["lvuuid", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const vgpvuuids = defineAction({
  proc: 225,
  summary: "give the UUIDs of the physical volumes of a group",
  description: "Gives the UUID of each physical volume of a group.",
  args: { vgname: string("Volume group.") },
  ret: rStringList("uuids"),
  effect: "read",
  errors: [],
  since: "1.0.87",
  tests: [
    { init: "lvm", calls: [["vgpvuuids", { vgname: "VG" }]], expect: { matches: '^\\["[A-Za-z0-9-]{38}"\\]$' } },
    { init: "lvm", calls: [["vgpvuuids", { vgname: "none" }]], expect: { errno: "" } },
  ],
});

export const vglvuuids = defineAction({
  proc: 226,
  summary: "give the UUIDs of the logical volumes of a group",
  description: "Gives the UUID of each logical volume of a group.",
  args: { vgname: string("Volume group.") },
  ret: rStringList("uuids"),
  effect: "read",
  errors: [],
  since: "1.0.87",
  tests: [
    { init: "lvm", calls: [["vglvuuids", { vgname: "VG" }]], expect: { matches: '^\\["[A-Za-z0-9-]{38}"\\]$' } },
    { init: "lvm", calls: [["vglvuuids", { vgname: "none" }]], expect: { errno: "" } },
  ],
});

export const pvchange_uuid = defineAction({
  proc: 338,
  summary: "give a physical volume a new UUID",
  description: "Gives a physical volume a new random UUID, as a clone of a disk needs.",
  args: { device: device("Physical volume.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.19.26",
  tests: [
    {
      init: "lvm",
      calls: [
        ["vg_activate_all", { activate: false }],
        ["pvchange_uuid", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["pvchange_uuid", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const pvchange_uuid_all = defineAction({
  proc: 339,
  summary: "give all physical volumes new UUIDs",
  description: "Gives every physical volume a new random UUID.",
  args: {},
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: [],
  since: "1.19.26",
  tests: [
    {
      init: "lvm",
      calls: [["vg_activate_all", { activate: false }], ["pvchange_uuid_all"]],
      expect: { succeeds: true },
    },
  ],
});

export const vgchange_uuid = defineAction({
  proc: 340,
  summary: "give a volume group a new UUID",
  description: "Gives a volume group a new random UUID. Its volumes must not be active.",
  args: { vg: string("Volume group.") },
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: [],
  since: "1.19.26",
  tests: [
    {
      init: "lvm",
      calls: [
        ["vg_activate_all", { activate: false }],
        ["vgchange_uuid", { vg: "VG" }],
      ],
      expect: { succeeds: true },
    },
    { init: "lvm", calls: [["vgchange_uuid", { vg: "none" }]], expect: { errno: "" } },
  ],
});

export const vgchange_uuid_all = defineAction({
  proc: 341,
  summary: "give all volume groups new UUIDs",
  description: "Gives every volume group a new random UUID. No volume may be active.",
  args: {},
  ret: none(),
  effect: "write",
  group: "lvm2",
  errors: [],
  since: "1.19.26",
  tests: [
    {
      init: "lvm",
      calls: [["vg_activate_all", { activate: false }], ["vgchange_uuid_all"]],
      expect: { succeeds: true },
    },
  ],
});
