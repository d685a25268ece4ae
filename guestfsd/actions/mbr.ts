/** Daemon side of schemas/actions/mbr.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { entryIn, entryOf, sfdisk, tableOf } from "../partitions.ts";

export const mbr = {
  part_get_mbr_id: ({ device, partnum }, context) => entryIn(device, partnum, "dos", context).typeByte,

  part_set_mbr_id({ device, partnum, idbyte }, context) {
    entryIn(device, partnum, "dos", context);
    if (idbyte < 1 || idbyte > 255) throw new ActionError(`${idbyte}: a type byte is from 1 to 255`, "EINVAL");
    sfdisk(context, device, ["--part-type"], [String(partnum), idbyte.toString(16)]);
  },

  part_get_mbr_part_type: ({ device, partnum }, context) =>
    entryOf(tableOf(device, context), partnum, context.devices.toApi(device)).place,
} satisfies HandlersOf<typeof families.mbr, Context>;
