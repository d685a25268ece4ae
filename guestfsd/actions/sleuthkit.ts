/**
 * Daemon side of schemas/actions/sleuthkit.ts: programs of The Sleuth Kit on a device. `-i raw`: what the device holds must
 * not make them open other files, as the description of a VMDK would.
 */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { ActionError } from "../errors.ts";

export const sleuthkit = {
  download_inode({ device, inode }, { command, devices }) {
    if (inode < 0n) throw new ActionError(`inode: ${inode} is negative`, "EINVAL");
    return command.stream(["icat", "-r", "-i", "raw", parseMountable(device, devices).device, String(inode)]);
  },

  download_blocks({ device, start, stop, unallocated }, { command, devices }) {
    if (start < 0n) throw new ActionError(`start: ${start} is negative`, "EINVAL");
    if (stop <= start) throw new ActionError(`stop: ${stop} is not greater than start (${start})`, "EINVAL");
    const which = unallocated === true ? "-A" : "-e";
    return command.stream(["blkls", which, "-i", "raw", parseMountable(device, devices).device, `${start}-${stop}`]);
  },
} satisfies HandlersOf<typeof families.sleuthkit, Context>;
