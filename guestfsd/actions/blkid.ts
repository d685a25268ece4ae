/** Daemon side of schemas/actions/blkid.ts: libblkid in this process, nothing is spawned. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { about } from "../errors.ts";
import { probeDevice } from "../native/blkid.ts";

export const blkid = {
  vfs_type: ({ mountable }, context) => valueOf(mountable, "TYPE", context),
  vfs_label: ({ mountable }, context) => valueOf(mountable, "LABEL", context),
  vfs_uuid: ({ mountable }, context) => valueOf(mountable, "UUID", context),

  blkid({ device }, { devices }) {
    const shown = devices.toApi(device);
    return [["DEVNAME", shown] as const, ...about(shown, () => probeDevice(device, { topology: true }))];
  },
} satisfies HandlersOf<typeof families.blkid, Context>;

function valueOf(mountable: string, name: string, { devices }: Pick<Context, "devices">): string {
  const { device } = parseMountable(mountable, devices);
  return about(devices.toApi(device), () => probeDevice(device)).get(name) ?? "";
}
