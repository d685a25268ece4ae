/** Daemon side of schemas/actions/dd.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Devices } from "../context.ts";
import { copyBetween, type End } from "../copy-between.ts";

export const dd = {
  dd({ src, dest }, context) {
    copyBetween(context, endOf(src, context.devices), endOf(dest, context.devices), {});
  },

  copy_size({ src, dest, size }, context) {
    copyBetween(context, endOf(src, context.devices), endOf(dest, context.devices), { size });
  },
} satisfies HandlersOf<typeof families.dd, Context>;

const endOf = (name: string, devices: Devices): End => ({ kind: devices.isDevice(name) ? "device" : "file", name });
