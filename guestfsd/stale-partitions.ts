/**
 * What udev does where it runs, and libguestfs's callers rely on: after a disk was written to as a whole, the kernel reads its
 * partition table again. Without it, partitions that a new filesystem or zeroes took the place of would stay.
 */
import { wireArgs, type AnyAction } from "../schemas/index.ts";
import { isWholeDisk, kernelPartitions } from "./block-sysfs.ts";
import type { Devices } from "./context.ts";
import { errnoCode } from "./errors.ts";
import { rereadPartitions } from "./native/block-device.ts";

const FLAVOURS = new Set(["Device", "Dev_or_Path", "Mountable"]);

/**
 * To be called when an action has succeeded.
 *
 * @param args as the handler got them: real device names
 */
export function rereadStalePartitions(
  action: AnyAction,
  args: Readonly<Record<string, unknown>>,
  devices: Devices,
): void {
  if (action.effect !== "write") return;
  for (const [name, field] of wireArgs(action)) {
    if (!FLAVOURS.has(field.upstream.of ?? "")) continue;
    for (const device of [args[name]].flat()) {
      if (typeof device === "string" && devices.isDevice(device)) reread(device);
    }
  }
}

function reread(device: string): void {
  try {
    if (isWholeDisk(device) && kernelPartitions(device).length > 0) rereadPartitions(device);
  } catch (error) {
    // A partition is in use, and so is there; or the action took the device away.
    if (!["EBUSY", "ENOENT", "ENXIO"].includes(errnoCode(error) ?? "")) throw error;
  }
}
