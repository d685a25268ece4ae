/** Daemon side of schemas/actions/copy.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { copyBetween, type End } from "../copy-between.ts";

const device = (name: string): End => ({ kind: "device", name });
const file = (name: string): End => ({ kind: "file", name });

export const copy = {
  copy_device_to_device({ src, dest, ...options }, context) {
    copyBetween(context, device(src), device(dest), options);
  },

  copy_device_to_file({ src, dest, ...options }, context) {
    copyBetween(context, device(src), file(dest), options);
  },

  copy_file_to_device({ src, dest, ...options }, context) {
    copyBetween(context, file(src), device(dest), options);
  },

  copy_file_to_file({ src, dest, ...options }, context) {
    copyBetween(context, file(src), file(dest), options);
  },
} satisfies HandlersOf<typeof families.copy, Context>;
