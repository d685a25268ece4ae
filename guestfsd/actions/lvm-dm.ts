/** Daemon side of schemas/actions/lvm-dm.ts: from sysfs, nothing is spawned. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { logicalVolumeName, mappedDeviceOf, mappedDevices } from "../block-sysfs.ts";
import type { Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { about, ActionError } from "../errors.ts";

export const lvmDm = {
  lvm_canonical_lv_name({ lvname }, { devices }) {
    const name = volumeName(lvname, devices.toApi(lvname));
    if (name === undefined) throw new ActionError(`${devices.toApi(lvname)}: not a logical volume`, "EINVAL");
    return name;
  },

  is_lv({ mountable }, { devices }) {
    const { device } = parseMountable(mountable, devices);
    return volumeName(device, devices.toApi(device)) !== undefined;
  },

  list_dm_devices: () =>
    mappedDevices()
      .filter(({ uuid }) => !uuid.startsWith("LVM-"))
      .map(({ name }) => `/dev/mapper/${name}`),
} satisfies HandlersOf<(typeof families)["lvm-dm"], Context>;

function volumeName(device: string, shown: string): string | undefined {
  const mapped = about(shown, () => mappedDeviceOf(device));
  return mapped === undefined ? undefined : logicalVolumeName(mapped);
}
