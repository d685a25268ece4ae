/** Daemon side of schemas/actions/uuids.ts. */
import { readFileSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { probeDevice } from "../native/blkid.ts";

export const uuids = {
  set_uuid({ device, uuid }, { command }) {
    setUuid(command, device, uuid);
  },

  set_uuid_random({ device }, { command }) {
    setUuid(command, device, undefined);
  },

  set_e2uuid({ device, uuid }, { command }) {
    command.check(["tune2fs", "-f", "-U", uuid, device]);
  },

  get_e2uuid: ({ device }) => about(device, () => probeDevice(device)).get("UUID") ?? "",
} satisfies HandlersOf<typeof families.uuids, Context>;

/** The kernel's own: a process that was restored from a saved memory would repeat its random numbers. */
function randomUuid(): string {
  return readFileSync("/proc/sys/kernel/random/uuid", "latin1").trim();
}

/** @param uuid undefined for a random one, which the filesystem's own tool draws */
function setUuid(command: Commands, device: string, uuid: string | undefined): void {
  const type = about(device, () => probeDevice(device)).get("TYPE") ?? "";
  switch (type) {
    case "ext2":
    case "ext3":
    case "ext4":
      command.check(["tune2fs", "-f", "-U", uuid ?? "random", device]);
      return;
    case "xfs":
      command.check(["xfs_admin", "-U", uuid ?? "generate", device]);
      return;
    case "btrfs":
      command.check(["btrfstune", "-f", ...(uuid === undefined ? ["-u"] : ["-U", uuid]), device]);
      return;
    case "swap":
      command.check(["swaplabel", "-U", uuid ?? randomUuid(), device]);
      return;
    default:
      throw new ActionError(`don't know how to set the UUID for '${type}' filesystems`, "ENOTSUP");
  }
}
