/** Windows dynamic disks (upstream daemon/ldm.c). */
import { defineAction } from "../action.ts";
import { string, stringList } from "../field.ts";
import { none, rString, rStringList } from "../result.ts";

const GROUP = "GUID of the disk group, as ldmtool_scan gives it.";
const VOLUME = "Name of the volume, as ldmtool_diskgroup_volumes gives it.";
const TESTED_IN = "tests/appliance/groups.test.ts";
const NOBODY = "06495a84-fbfd-11e1-8cf7-52540061f5db";

export const list_ldm_volumes = defineAction({
  proc: 380,
  summary: "list the volumes of dynamic disks",
  description:
    "Gives the devices of the volumes of Windows dynamic disks: those found at launch or by ldmtool_create_all.",
  args: {},
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["list_ldm_volumes"]], expect: { result: [] } }],
});

export const list_ldm_partitions = defineAction({
  proc: 381,
  summary: "list the partitions of dynamic disks",
  description: "Gives the devices of the partitions that volumes of Windows dynamic disks are made of.",
  args: {},
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["list_ldm_partitions"]], expect: { result: [] } }],
});

export const ldmtool_create_all = defineAction({
  proc: 382,
  summary: "make the devices of dynamic disks",
  description: "Makes a device for every volume and partition of the Windows dynamic disks. Was done at launch.",
  args: {},
  ret: none(),
  effect: "config",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["ldmtool_create_all"]], expect: { succeeds: true } }],
});

export const ldmtool_remove_all = defineAction({
  proc: 383,
  summary: "remove the devices of dynamic disks",
  description: "Removes the devices of volumes and partitions of Windows dynamic disks. The disks stay as they are.",
  args: {},
  ret: none(),
  effect: "config",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["ldmtool_remove_all"]], expect: { succeeds: true } }],
});

export const ldmtool_scan = defineAction({
  proc: 384,
  summary: "look for dynamic disks",
  description: "Gives the GUIDs of the disk groups of all Windows dynamic disks.",
  args: {},
  ret: rStringList("guids"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["ldmtool_scan"]], expect: { result: [] } }],
});

export const ldmtool_scan_devices = defineAction({
  proc: 385,
  summary: "look for dynamic disks among devices",
  description:
    "Gives the GUIDs of the disk groups of the Windows dynamic disks in a list; of all disks when it is empty.",
  args: { devices: stringList("Disks to look at.", "Device") },
  ret: rStringList("guids"),
  effect: "read",
  group: "ldm",
  errors: ["ENOENT"],
  since: "1.20.0",
  tests: [
    { init: "disk", calls: [["ldmtool_scan_devices", { devices: ["/dev/sda"] }]], expect: { result: [] } },
    { init: "disk", calls: [["ldmtool_scan_devices", { devices: ["/dev/sdz"] }]], expect: { errno: "ENOENT" } },
  ],
});

export const ldmtool_diskgroup_name = defineAction({
  proc: 386,
  summary: "tell the name of a disk group",
  description: "Gives the name of a disk group.",
  args: { diskgroup: string(GROUP) },
  ret: rString("name"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["ldmtool_diskgroup_name", { diskgroup: NOBODY }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const ldmtool_diskgroup_volumes = defineAction({
  proc: 387,
  summary: "list the volumes of a disk group",
  description: "Gives the names of the volumes of a disk group.",
  args: { diskgroup: string(GROUP) },
  ret: rStringList("volumes"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["ldmtool_diskgroup_volumes", { diskgroup: NOBODY }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const ldmtool_diskgroup_disks = defineAction({
  proc: 388,
  summary: "list the disks of a disk group",
  description: "Gives the names that a disk group has for its disks.",
  args: { diskgroup: string(GROUP) },
  ret: rStringList("disks", "RDevice"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [{ init: "disk", calls: [["ldmtool_diskgroup_disks", { diskgroup: NOBODY }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const ldmtool_volume_type = defineAction({
  proc: 389,
  summary: "tell the type of a volume of a dynamic disk",
  description: "Gives `simple`, `spanned`, `striped`, `mirrored` or `raid5`.",
  args: { diskgroup: string(GROUP), volume: string(VOLUME) },
  ret: rString("voltype"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [
    { init: "disk", calls: [["ldmtool_volume_type", { diskgroup: NOBODY, volume: "Volume1" }]], expect: { errno: "" } },
  ],
  testedIn: TESTED_IN,
});

export const ldmtool_volume_hint = defineAction({
  proc: 390,
  summary: "tell the hint of a volume of a dynamic disk",
  description: "Gives the hint of a volume, often its drive letter in Windows (`E:`); empty where it has none.",
  args: { diskgroup: string(GROUP), volume: string(VOLUME) },
  ret: rString("hint"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [
    { init: "disk", calls: [["ldmtool_volume_hint", { diskgroup: NOBODY, volume: "Volume1" }]], expect: { errno: "" } },
  ],
  testedIn: TESTED_IN,
});

export const ldmtool_volume_partitions = defineAction({
  proc: 391,
  summary: "list the partitions of a volume of a dynamic disk",
  description: "Gives the names that the disk group has for the partitions that a volume is made of.",
  args: { diskgroup: string(GROUP), volume: string(VOLUME) },
  ret: rStringList("partitions", "RDevice"),
  effect: "read",
  group: "ldm",
  errors: [],
  since: "1.20.0",
  tests: [
    {
      init: "disk",
      calls: [["ldmtool_volume_partitions", { diskgroup: NOBODY, volume: "Volume1" }]],
      expect: { errno: "" },
    },
  ],
  testedIn: TESTED_IN,
});
