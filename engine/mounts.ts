/** Mounting a guest's filesystems. Where they belong, inspect.ts knows. */
import type { Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";

/** Where a filesystem is mounted in the guest. */
export interface GuestMount {
  readonly mountpoint: string;
  /** Device, or `btrfsvol:DEVICE/SUBVOLUME`. */
  readonly mountable: string;
}

export interface NotMounted {
  readonly mount: GuestMount;
  readonly error: GuestfsError;
}

/**
 * Mounts a guest, parents first. A filesystem other than the root that cannot be mounted is a warning: an honest guest boots
 * without its data disk, and a change that needed it fails on its own step.
 *
 * @returns what is not mounted
 */
export async function mountAll(g: Guestfs, mounts: readonly GuestMount[], mode: "ro" | "rw"): Promise<NotMounted[]> {
  const failed: NotMounted[] = [];
  for (const mount of mounts) {
    const { mountable, mountpoint } = mount;
    try {
      if (mode === "ro") await g.mount_ro({ mountable, mountpoint });
      else await g.mount({ mountable, mountpoint });
    } catch (error) {
      if (mountpoint === "/" || !(error instanceof GuestfsError)) throw error;
      failed.push({ mount, error });
    }
  }
  return failed;
}

/** Lower case, no final stop. */
export function mountWarning({ mount: { mountpoint, mountable }, error }: NotMounted): string {
  return `${mountpoint}: ${mountable} is not mounted: ${error.reason}`;
}

/** Mounts in the order in which they can be made. */
export function parentsFirst(mounts: readonly GuestMount[]): GuestMount[] {
  const depth = ({ mountpoint }: GuestMount): number => mountpoint.split("/").filter((part) => part !== "").length;
  return mounts.toSorted((a, b) => depth(a) - depth(b));
}

/** Absolute path without doubled or final slashes. */
export function normalizePath(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
}
