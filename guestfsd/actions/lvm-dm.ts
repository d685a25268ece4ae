/** Daemon side of schemas/actions/lvm-dm.ts. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { lvPaths } from "../lvm-command.ts";

export const lvmDm = {
  lvm_canonical_lv_name({ lvname }, { command }) {
    const path = logicalVolume(command, lvname);
    if (path === undefined) throw new ActionError(`${lvname}: not a logical volume`, "EINVAL");
    return path;
  },

  is_lv: ({ mountable }, { command }) => logicalVolume(command, mountable) !== undefined,

  list_dm_devices() {
    if (!existsSync("/sys/block")) return [];
    return readdirSync("/sys/block")
      .filter((name) => name.startsWith("dm-") && !readDm(name, "uuid").startsWith("LVM-"))
      .map((name) => `/dev/mapper/${readDm(name, "name")}`)
      .toSorted();
  },
} satisfies HandlersOf<(typeof families)["lvm-dm"], Context>;

/** The logical volume whose device number is the device's: names differ, numbers do not. */
function logicalVolume(command: Commands, device: string): string | undefined {
  const { rdev } = about(device, () => statSync(device));
  return lvPaths(command).find((path) => statSync(path, { throwIfNoEntry: false })?.rdev === rdev);
}

function readDm(name: string, attribute: string): string {
  return readFileSync(`/sys/block/${name}/dm/${attribute}`, "utf8").trim();
}
