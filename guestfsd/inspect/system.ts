/** What inspection finds out: of one operating system, and of where its filesystems belong. Types only. */
import type { DriveMapping } from "./drive-letters.ts";
import type { PackageTools } from "./packages.ts";
import type { RegistryValue } from "./registry.ts";
import type { Release } from "./release.ts";

/** libguestfs's names (guestfs(3), inspect_get_type). */
export type SystemType = "dos" | "freebsd" | "hurd" | "linux" | "minix" | "netbsd" | "openbsd" | "windows";

/** An operating system by the files of its root filesystem. What is not known is left out. */
export interface System extends Release {
  readonly type: SystemType;
  readonly productVariant?: string;
  readonly arch?: string;
  readonly hostname?: string;
  readonly packages?: PackageTools;
  readonly windows?: WindowsFacts;
}

export interface WindowsFacts {
  /** Paths as the guest spells them. */
  readonly systemroot: string;
  readonly softwareHive?: string;
  readonly systemHive?: string;
  /** `ControlSet001`. */
  readonly controlSet?: string;
  readonly hasGroupPolicy: boolean;
  /** What the registry says of drive letters. */
  readonly mountedDevices: readonly RegistryValue[];
}

/** Where a filesystem belongs in the guest. */
export interface GuestMount {
  readonly mountpoint: string;
  /** Real device, or `btrfsvol:DEVICE/SUBVOLUME` with a real device. */
  readonly mountable: string;
  /** A name that is none of the attached disks', as the guest's fstab has it: never to be looked up here. */
  readonly absent?: true;
}

/** A system and its filesystems. */
export interface Root extends System {
  /** Mountable of the root filesystem. */
  readonly root: string;
  /** `/` first, then as the guest's fstab has them. */
  readonly mounts: readonly GuestMount[];
  readonly swaps: readonly string[];
  /** Drive letters of Windows. */
  readonly drives: readonly DriveMapping[];
}
