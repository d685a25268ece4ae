/** Daemon side of schemas/actions/ntfscat.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { ActionError, failure } from "../errors.ts";
import { isDeviceMounted } from "../mounted-devices.ts";

export const ntfscat = {
  ntfscat_i({ device: mountable, inode }, { command, devices }) {
    if (inode < 0n) throw new ActionError(`${inode}: inode is negative`, "EINVAL");
    const { device } = parseMountable(mountable, devices);
    if (isDeviceMounted(device)) throw failure(devices.toApi(device), "EBUSY");
    return command.stream(["ntfscat", "-i", String(inode), device]);
  },
} satisfies HandlersOf<typeof families.ntfscat, Context>;
