/** Which devices LVM looks at (upstream daemon/lvm-filter.c). */
import { defineAction } from "../action.ts";
import { stringList } from "../field.ts";
import { none } from "../result.ts";

export const lvm_set_filter = defineAction({
  proc: 255,
  summary: "let LVM see only some devices",
  description:
    "From now on LVM looks at the devices named and no others; all groups are deactivated before and activated after.",
  args: { devices: stringList("Devices to look at; a whole disk stands for its partitions too.", "Device") },
  ret: none(),
  effect: "config",
  group: "lvm2",
  errors: ["ENOENT"],
  since: "1.5.1",
  tests: [
    { init: "lvm", calls: [["lvm_set_filter", { devices: ["/dev/sda"] }], ["vgs"]], expect: { result: ["VG"] } },
    { init: "lvm", calls: [["lvm_set_filter", { devices: ["/dev/sda7"] }]], expect: { errno: "ENOENT" } },
  ],
});

export const lvm_clear_filter = defineAction({
  proc: 256,
  summary: "let LVM see all devices",
  description: "Undoes lvm_set_filter.",
  args: {},
  ret: none(),
  effect: "config",
  errors: [],
  since: "1.5.1",
  tests: [{ init: "lvm", calls: [["lvm_clear_filter"], ["vgs"]], expect: { result: ["VG"] } }],
});
