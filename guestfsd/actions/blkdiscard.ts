/** Daemon side of schemas/actions/blkdiscard.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { discardAll, discardZeroes } from "../native/block-device.ts";

export const blkdiscard = {
  blkdiscard({ device }, { devices }) {
    about(devices.toApi(device), () => {
      discardAll(device);
    });
  },

  blkdiscardzeroes: ({ device }, { devices }) => about(devices.toApi(device), () => discardZeroes(device)),
} satisfies HandlersOf<typeof families.blkdiscard, Context>;
