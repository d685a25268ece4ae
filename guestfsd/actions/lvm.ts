/** Daemon side of schemas/actions/lvm.ts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { lvm as run, lvmReport } from "../lvm-command.ts";

export const lvm = {
  pvcreate({ device }, { command }) {
    run(command, "pvcreate", "--force", "--yes", device);
  },

  vgcreate({ volgroup, physvols }, { command }) {
    run(command, "vgcreate", "--yes", volgroup, ...physvols);
  },

  lvcreate({ logvol, volgroup, mbytes }, { command }) {
    create(command, logvol, volgroup, "-L", `${mbytes}m`);
  },

  lvcreate_free({ logvol, volgroup, percent }, { command }) {
    create(command, logvol, volgroup, "-l", `${checkedPercent(percent)}%FREE`);
  },

  lvremove({ device }, { command }) {
    run(command, "lvremove", "--force", "--yes", device);
  },

  vgremove({ vgname }, { command }) {
    run(command, "vgremove", "--force", "--yes", vgname);
  },

  pvremove({ device }, { command }) {
    run(command, "pvremove", "--yes", device);
  },

  lvresize({ device, mbytes }, { command }) {
    run(command, "lvresize", "--force", "--yes", "-L", `${mbytes}m`, device);
  },

  lvresize_free({ lv, percent }, { command }) {
    run(command, "lvresize", "--yes", "-l", `+${checkedPercent(percent)}%FREE`, lv);
  },

  pvresize({ device }, { command }) {
    run(command, "pvresize", device);
  },

  pvresize_size({ device, size }, { command }) {
    run(command, "pvresize", "--yes", "--setphysicalvolumesize", `${size}b`, device);
  },

  vgrename({ volgroup, newvolgroup }, { command }) {
    run(command, "vgrename", volgroup, newvolgroup);
  },

  lvrename({ logvol, newlogvol }, { command }) {
    run(command, "lvrename", logvol, newlogvol);
  },

  lvm_remove_all(_args, { command }) {
    for (const { vg_name: group } of lvmReport(command, "vgs", ["vg_name"])) {
      if (group !== undefined) run(command, "vgremove", "--force", "--yes", group);
    }
    for (const { pv_name: device } of lvmReport(command, "pvs", ["pv_name"])) {
      if (device !== undefined) run(command, "pvremove", "--yes", device);
    }
  },

  vgmeta({ vgname }, { command }) {
    const folder = mkdtempSync("/tmp/vgmeta");
    try {
      const file = join(folder, "metadata");
      run(command, "vgcfgbackup", "--file", file, vgname);
      return new Uint8Array(readFileSync(file));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
} satisfies HandlersOf<typeof families.lvm, Context>;

/** Without a yes to wiping signatures, lvcreate would ask for it where the space held a filesystem before. */
function create(command: Commands, logvol: string, volgroup: string, ...size: readonly string[]): void {
  run(command, "lvcreate", "--yes", "--wipesignatures", "y", "-n", logvol, ...size, volgroup);
}

function checkedPercent(percent: number): number {
  if (percent < 1 || percent > 100) throw new ActionError("percentage must be [1..100]", "EINVAL");
  return percent;
}
