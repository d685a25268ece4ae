/** Daemon side of schemas/actions/gpt.ts: sfdisk and sgdisk write, libblkid reads. */
import { readFileSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { entryIn, requireTable, sfdisk, tellKernel } from "../partitions.ts";

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const gpt = {
  part_set_gpt_type({ device, partnum, guid }, context) {
    entryIn(device, partnum, "gpt", context);
    sfdisk(context, device, ["--part-type"], [String(partnum), checked(guid)]);
  },

  part_get_gpt_type: ({ device, partnum }, context) => entryIn(device, partnum, "gpt", context).type.toUpperCase(),

  part_set_gpt_guid({ device, partnum, guid }, context) {
    entryIn(device, partnum, "gpt", context);
    sfdisk(context, device, ["--part-uuid"], [String(partnum), checked(guid)]);
  },

  part_get_gpt_guid: ({ device, partnum }, context) => entryIn(device, partnum, "gpt", context).uuid.toUpperCase(),

  part_set_gpt_attributes({ device, partnum, attributes }, context) {
    entryIn(device, partnum, "gpt", context);
    const bits = BigInt.asUintN(64, attributes).toString(16).padStart(16, "0");
    // sfdisk cannot set the bits that nobody has named yet.
    context.command.check(["sgdisk", "-A", `${partnum}:=:${bits}`, device]);
    tellKernel(device, context);
  },

  part_get_gpt_attributes: ({ device, partnum }, context) =>
    BigInt.asIntN(64, entryIn(device, partnum, "gpt", context).flags),

  part_set_disk_guid({ device, guid }, context) {
    setDiskGuid(context, device, guid);
  },

  part_get_disk_guid: ({ device }, context) => requireTable(device, "gpt", context).id.toUpperCase(),

  part_set_disk_guid_random({ device }, context) {
    setDiskGuid(context, device, kernelUuid());
  },

  part_expand_gpt({ device }, context) {
    requireTable(device, "gpt", context);
    context.command.check(["sgdisk", "-e", device]);
    tellKernel(device, context);
  },
} satisfies HandlersOf<typeof families.gpt, Context>;

function setDiskGuid(context: Context, disk: string, guid: string): void {
  requireTable(disk, "gpt", context);
  sfdisk(context, disk, ["--disk-id"], [checked(guid)]);
}

/** From the kernel: a random number of the process itself would come again after its memory was restored. */
function kernelUuid(): string {
  return readFileSync("/proc/sys/kernel/random/uuid", "latin1").trim();
}

function checked(guid: string): string {
  if (!GUID.test(guid)) throw new ActionError(`${guid}: not a GUID`, "EINVAL");
  return guid.toUpperCase();
}
