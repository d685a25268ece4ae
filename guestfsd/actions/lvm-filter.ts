/** Daemon side of schemas/actions/lvm-filter.ts. LVM reads /etc/lvm/lvmlocal.conf after lvm.conf. */
import { rmSync, writeFileSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { lvm } from "../lvm-command.ts";

const LOCAL_CONFIGURATION = "/etc/lvm/lvmlocal.conf";

export const lvmFilter = {
  lvm_set_filter({ devices }, { command }) {
    const accepted = devices.map((device) => `"a|^${escapePattern(device)}[0-9]*$|"`);
    withVolumesInactive(command, () => {
      writeFileSync(
        LOCAL_CONFIGURATION,
        `devices {\n  global_filter = [ ${[...accepted, '"r|.*|"'].join(", ")} ]\n}\n`,
      );
    });
  },

  lvm_clear_filter(_args, { command }) {
    withVolumesInactive(command, () => {
      rmSync(LOCAL_CONFIGURATION, { force: true });
    });
  },
} satisfies HandlersOf<(typeof families)["lvm-filter"], Context>;

function withVolumesInactive(command: Commands, body: () => void): void {
  lvm(command, "vgchange", "-a", "n");
  body();
  lvm(command, "vgchange", "-a", "y");
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.[\](){}*+?^$\\]/g, "\\\\$&");
}
