/** Daemon side of schemas/actions/lvm-activate.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { lvm } from "../lvm-command.ts";

export const lvmActivate = {
  vg_activate_all({ activate }, { command }) {
    change(command, activate);
  },

  vg_activate({ activate, volgroups }, { command }) {
    change(command, activate, ...volgroups);
  },

  lvm_scan({ activate }, { command }) {
    lvm(command, "pvscan");
    if (activate) change(command, true);
  },

  vgscan(_args, { command }) {
    lvm(command, "vgscan");
  },
} satisfies HandlersOf<(typeof families)["lvm-activate"], Context>;

function change(command: Commands, activate: boolean, ...groups: readonly string[]): void {
  lvm(command, "vgchange", "-a", activate ? "y" : "n", ...groups);
}
