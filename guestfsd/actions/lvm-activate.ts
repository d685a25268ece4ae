/** Daemon side of schemas/actions/lvm-activate.ts. No udev runs: LVM makes and removes the nodes under /dev itself. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { lvm } from "../lvm-command.ts";

export const lvmActivate = {
  vg_activate({ activate, volgroups }, { command }) {
    lvm(command, "vgchange", "-a", activate ? "y" : "n", ...volgroups);
  },

  vg_activate_all({ activate }, { command }) {
    lvm(command, "vgchange", "-a", activate ? "y" : "n");
  },

  lvm_scan({ activate }, { command }) {
    // LVM keeps no cache between processes here; every process looks at the devices anew.
    if (activate) lvm(command, "vgchange", "-a", "y");
  },

  vgscan(_args, { command }) {
    lvm(command, "vgscan");
  },
} satisfies HandlersOf<(typeof families)["lvm-activate"], Context>;
