/** Finding and activating volume groups (upstream daemon/lvm.c, lvm.ml). */
import { defineAction } from "../action.ts";
import { bool, stringList } from "../field.ts";
import { none } from "../result.ts";

export const vg_activate_all = defineAction({
  proc: 103,
  summary: "activate or deactivate all volume groups",
  description: "Makes the logical volumes of all groups appear under /dev, or disappear.",
  args: { activate: bool("Whether they shall appear.") },
  ret: none(),
  effect: "config",
  group: "lvm2",
  errors: [],
  since: "1.0.26",
  tests: [
    {
      init: "lvm",
      calls: [
        ["vg_activate_all", { activate: false }],
        ["vg_activate_all", { activate: true }],
        ["blockdev_getsize64", { device: "/dev/VG/LV" }],
      ],
      expect: { matches: "^[0-9]+$" },
    },
    {
      init: "lvm",
      calls: [
        ["vg_activate_all", { activate: false }],
        ["blockdev_getsize64", { device: "/dev/VG/LV" }],
      ],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const vg_activate = defineAction({
  proc: 104,
  summary: "activate or deactivate volume groups",
  description: "As vg_activate_all, for the groups named; for all when the list is empty.",
  args: { activate: bool("Whether they shall appear."), volgroups: stringList("Names of groups.") },
  ret: none(),
  effect: "config",
  group: "lvm2",
  errors: [],
  since: "1.0.26",
  tests: [
    {
      init: "lvm",
      calls: [
        ["vg_activate", { activate: false, volgroups: ["VG"] }],
        ["vg_activate", { activate: true, volgroups: ["VG"] }],
      ],
      expect: { succeeds: true },
    },
    { init: "lvm", calls: [["vg_activate", { activate: true, volgroups: ["none"] }]], expect: { errno: "" } },
  ],
});

export const lvm_scan = defineAction({
  proc: 506,
  summary: "look for LVM on all devices again",
  description:
    "Finds volume groups that have appeared, for example in a device that luks_open or md made, and activates them if asked.",
  args: { activate: bool("Whether what is found shall be activated.") },
  ret: none(),
  effect: "config",
  errors: [],
  since: "1.39.8",
  tests: [
    {
      init: "lvm",
      calls: [
        ["lvm_scan", { activate: true }],
        ["blockdev_getsize64", { device: "/dev/VG/LV" }],
      ],
      expect: { matches: "^[0-9]+$" },
    },
  ],
  testExcuse: "always succeeds",
});

export const vgscan = defineAction({
  proc: 232,
  summary: "look for volume groups again",
  description: "Does what lvm_scan does without activation. Superseded by it.",
  args: {},
  ret: none(),
  effect: "config",
  errors: [],
  since: "1.3.2",
  tests: [{ init: "lvm", calls: [["vgscan"], ["vgs"]], expect: { result: ["VG"] } }],
});
