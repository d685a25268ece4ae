/** Daemon side of schemas/actions/lvm-filter.ts: lvmlocal.conf, which LVM reads after lvm.conf. */
import { rmSync, writeFileSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { partitionsOf, wholeDisks } from "./devsparts.ts";
import type { Commands, Context } from "../context.ts";
import { lvm } from "../lvm-command.ts";

const LOCAL_CONFIGURATION = "/etc/lvm/lvmlocal.conf";

export const lvmFilter = {
  lvm_set_filter({ devices: wanted }, { command, devices }) {
    const disks = wholeDisks(devices);
    const names = wanted.flatMap((name) => (disks.includes(name) ? [name, ...partitionsOf(name)] : [name]));
    whileInactive(command, () => {
      writeFileSync(LOCAL_CONFIGURATION, filterConfiguration(names));
    });
  },

  lvm_clear_filter(_args, { command }) {
    whileInactive(command, () => {
      rmSync(LOCAL_CONFIGURATION, { force: true });
    });
  },
} satisfies HandlersOf<(typeof families)["lvm-filter"], Context>;

/** Accepts the devices named and rejects all others. Exported for tests. */
export function filterConfiguration(names: readonly string[]): string {
  const accepted = names.map((name) => `"a|^${name.replaceAll(/[.+*?^$()[\]{}|\\]/g, String.raw`\\$&`)}$|"`);
  return `devices {\n  global_filter = [ ${[...accepted, '"r|.*|"'].join(", ")} ]\n}\n`;
}

function whileInactive(command: Commands, change: () => void): void {
  lvm(command, "vgchange", "-a", "n");
  change();
  lvm(command, "vgchange", "-a", "y");
}
