/** Daemon side of schemas/actions/blockdev.ts: ioctls, nothing is spawned. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, failure } from "../errors.ts";
import {
  blockSizeOf,
  flushBuffers,
  isReadOnly,
  rereadPartitions,
  sectorSizeOf,
  setReadAhead,
  setReadOnly,
  sizeOf,
} from "../native/block-device.ts";

const UNIT = 512n;

export const blockdev = {
  blockdev_getsize64: ({ device }, context) => named(device, context, () => sizeOf(device)),
  blockdev_getsz: ({ device }, context) => named(device, context, () => sizeOf(device) / UNIT),
  blockdev_getss: ({ device }, context) => named(device, context, () => sectorSizeOf(device)),
  blockdev_getbsz: ({ device }, context) => named(device, context, () => blockSizeOf(device)),
  blockdev_getro: ({ device }, context) => named(device, context, () => isReadOnly(device)),

  blockdev_setro({ device }, context) {
    named(device, context, () => {
      setReadOnly(device, true);
    });
  },

  blockdev_setrw({ device }, context) {
    named(device, context, () => {
      setReadOnly(device, false);
    });
  },

  blockdev_setbsz: () => undefined,

  blockdev_flushbufs({ device }, context) {
    named(device, context, () => {
      flushBuffers(device);
    });
  },

  blockdev_rereadpt({ device }, context) {
    named(device, context, () => {
      rereadPartitions(device);
    });
  },

  blockdev_setra({ device, sectors }, context) {
    named(device, context, () => {
      if (sectors < 0) throw failure(context.devices.toApi(device), "EINVAL");
      setReadAhead(device, sectors);
    });
  },
} satisfies HandlersOf<typeof families.blockdev, Context>;

/** Errors name the device as the caller did. */
function named<T>(device: string, { devices }: Pick<Context, "devices">, body: () => T): T {
  return about(devices.toApi(device), body);
}
