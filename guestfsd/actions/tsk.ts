/** Daemon side of schemas/actions/tsk.ts. The filesystem is read by libtsk, not mounted. */
import { structs, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { about, ActionError } from "../errors.ts";
import { TskVolume } from "../tsk-volume.ts";

export const tsk = {
  internal_filesystem_walk: ({ device }, context) => dirents(device, context),

  internal_find_inode({ device, inode }, context) {
    if (inode < 0n) throw new ActionError(`inode: ${inode} is negative`, "EINVAL");
    return dirents(device, context, inode);
  },
} satisfies HandlersOf<typeof families.tsk, Context>;

function* dirents(mountable: string, { devices }: Context, inode?: bigint): Generator<Uint8Array, undefined> {
  const { device } = parseMountable(mountable, devices);
  const volume = about(devices.toApi(device), () => new TskVolume(device));
  try {
    for (const dirent of volume.dirents(inode)) yield structs.tsk_dirent.xdr.encode(dirent);
  } finally {
    volume.close();
  }
  return undefined;
}
