/** Which filesystems set ctime at every change of a file, so that unchanged metadata means an unchanged file. */
import type { Guestfs } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import type { GuestMount } from "../mounts.ts";
import type { Tree, TreeEntry } from "./tree.ts";

const trustedTypes: ReadonlySet<string> = new Set(["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs"]);

/** Tells of a file of this tree whether its times can be trusted. */
export type Trust = (entry: TreeEntry) => boolean;

export const trustNothing: Trust = () => false;

export async function findTrust(g: Guestfs, tree: Tree, mounts: readonly GuestMount[]): Promise<Trust> {
  const doubted = new Set<bigint>();
  for (const { mountable, mountpoint } of mounts) {
    if (trustedTypes.has(await typeOf(g, mountable))) continue;
    if (mountpoint === "/") return trustNothing;
    const entry = tree.get(mountpoint);
    if (entry !== undefined) doubted.add(entry.dev);
  }
  return (entry) => !doubted.has(entry.dev);
}

async function typeOf(g: Guestfs, mountable: string): Promise<string> {
  try {
    return await g.vfs_type({ mountable });
  } catch (error) {
    if (error instanceof GuestfsError) return "";
    throw error;
  }
}
