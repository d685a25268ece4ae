/** Daemon side of schemas/actions/zero.ts. */
import { constants } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { sizeOf, withDevice, zeroOut } from "../native/block-device.ts";

const SIGNATURES = 128n * 1024n;
/** Bytes zeroed between two reports of progress. */
const STEP = 64n * 1024n * 1024n;

export const zero = {
  zero({ device }, context) {
    clear(context, device, SIGNATURES);
  },

  zero_device({ device }, context) {
    clear(context, device, sizeOf(device));
  },

  wipefs({ device }, { command }) {
    command.check(["wipefs", "--all", "--force", device]);
  },
} satisfies HandlersOf<typeof families.zero, Context>;

function clear(context: Context, device: string, length: bigint): void {
  about(device, () => {
    const size = sizeOf(device);
    const end = length < size ? length : size;
    withDevice(device, constants.O_RDWR, (fd) => {
      for (let offset = 0n; offset < end; offset += STEP) {
        zeroOut(fd, offset, end - offset < STEP ? end - offset : STEP);
        context.progress(offset, end);
      }
    });
  });
}
