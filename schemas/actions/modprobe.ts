/** Kernel modules of the appliance (upstream daemon/modprobe.c). */
import { defineAction } from "../action.ts";
import { string } from "../field.ts";
import { none } from "../result.ts";

export const modprobe = defineAction({
  proc: 194,
  summary: "load a kernel module into the appliance",
  description:
    "Loads a module with those it needs. Only the appliance's own modules can be loaded, never one of the guest; one that is there already is no error.",
  args: { modulename: string("Name of the module, e.g. `f2fs`.") },
  ret: none(),
  effect: "config",
  group: "linuxmodules",
  errors: [],
  since: "1.0.68",
  tests: [
    {
      init: "none",
      calls: [["modprobe", { modulename: "f2fs" }]],
      expect: { succeeds: true },
      applianceOnly: "loads a module into the kernel",
    },
    {
      init: "none",
      calls: [["modprobe", { modulename: "-V" }]],
      expect: { errno: "" },
      applianceOnly: "loads a module into the kernel",
    },
    {
      init: "none",
      calls: [["modprobe", { modulename: "no-such-module" }]],
      expect: { errno: "" },
      applianceOnly: "loads a module into the kernel",
    },
  ],
});
