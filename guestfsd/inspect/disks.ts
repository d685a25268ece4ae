/**
 * Inspection of all disks: every filesystem is mounted read-only on its own and looked at, then each root together with its
 * /usr where that is a filesystem of its own. Leaves nothing mounted.
 */
import type { Context } from "../context.ts";
import type { DeviceProbes } from "../device-probes.ts";
import { parseMountable } from "../devices.ts";
import { ActionError } from "../errors.ts";
import { partitionPlace } from "../block-sysfs.ts";
import { detectSystem, isCoreosUsr } from "./detect.ts";
import { driveMappings } from "./drive-letters.ts";
import { FstabDevices } from "./fstab-device.ts";
import { absentDevice, mountpointOf, readFstab, subvolumeOf } from "./fstab.ts";
import { GuestFiles } from "./guest-files.ts";
import type { GuestMount, Root, System } from "./system.ts";

export interface Disks extends Pick<Context, "sysroot" | "command" | "devices"> {
  /** Mountables with real device names, and what list_filesystems says is on them. */
  readonly filesystems: readonly (readonly [mountable: string, type: string])[];
  readonly mount: (mountable: string, mountpoint: string, options: string, type?: string) => void;
  readonly probes: DeviceProbes;
  readonly unmountAll: () => void;
}

const UFS_TYPES: readonly string[] = ["ufs2", "44bsd"];
const BSD_TYPES: ReadonlySet<string> = new Set(["freebsd", "netbsd", "openbsd"]);
/** Partitions of a BSD label come after the four of a PC's. */
const FIRST_BSD_PARTITION = 5;

export function inspectDisks(disks: Disks): readonly Root[] {
  disks.unmountAll();
  const files = new GuestFiles(disks.sysroot);
  const fstabDevices = new FstabDevices(disks);
  const roots: Root[] = [];
  const coreosUsrs: string[] = [];
  for (const [mountable, type] of disks.filesystems) {
    if (type === "unknown" || type === "swap" || !tryMount(disks, mountable, "/", type)) continue;
    try {
      const system = detectSystem(files, disks.command);
      if (system !== undefined) roots.push({ ...system, root: mountable, ...belonging(mountable, system) });
      else if (isCoreosUsr(files)) coreosUsrs.push(mountable);
    } finally {
      disks.unmountAll();
    }
  }
  return withoutShadows(roots, disks).map((root) => withUsr(root, coreosUsrs));

  /** The root's mounts and swap, by its fstab; a Windows has drive letters. */
  function belonging(root: string, { type, windows }: System): Pick<Root, "mounts" | "swaps" | "drives"> {
    const mounts = new Map<string, GuestMount>([["/", { mountpoint: "/", mountable: root }]]);
    const swaps: string[] = [];
    if (windows !== undefined) {
      return { mounts: [...mounts.values()], swaps, drives: driveMappings(windows.mountedDevices, disks.devices) };
    }
    for (const entry of readFstab(files)) {
      const found = fstabDevices.find(entry.spec, type, files);
      const device = found ?? absentDevice(entry);
      const mountpoint = mountpointOf(entry);
      if (device === undefined) continue;
      const subvolume = subvolumeOf(entry);
      const mountable = subvolume === undefined ? device : `btrfsvol:${device}/${subvolume}`;
      if (entry.type === "swap") swaps.push(mountable);
      else if (mountpoint !== undefined && !mounts.has(mountpoint)) {
        mounts.set(mountpoint, { mountpoint, mountable, ...(found === undefined ? { absent: true } : {}) });
      }
    }
    return { mounts: [...mounts.values()], swaps, drives: [] };
  }

  /** The root described once more with its /usr, where most of what describes it is then. */
  function withUsr(root: Root, coreosUsrs: readonly string[]): Root {
    const usr = root.mounts.find(({ mountpoint, absent }) => mountpoint === "/usr" && absent !== true)?.mountable;
    const known = usr ?? (root.distro === "coreos" ? coreosUsrs[0] : undefined);
    if (known === undefined) return root;
    try {
      if (!tryMount(disks, root.root, "/") || !tryMount(disks, known, "/usr")) return root;
      const mounts = usr === undefined ? [...root.mounts, { mountpoint: "/usr", mountable: known }] : root.mounts;
      return { ...root, ...detectSystem(files, disks.command), mounts };
    } finally {
      disks.unmountAll();
    }
  }
}

/** A filesystem that cannot be mounted (damaged, foreign features) holds no system that could be worked on. */
function tryMount(disks: Disks, mountable: string, mountpoint: string, type?: string): boolean {
  const options = type === "ufs" ? UFS_TYPES.map((one) => `ro,ufstype=${one}`) : ["ro"];
  return options.some((option) => {
    try {
      disks.mount(mountable, mountpoint, option, type);
      return true;
    } catch (error) {
      if (error instanceof ActionError) return false;
      throw error;
    }
  });
}

/** A BSD partition that holds a label may look like the first filesystem in it: only that one is the root. */
function withoutShadows(roots: readonly Root[], disks: Disks): readonly Root[] {
  const places = new Map(roots.map((root) => [root, partitionPlace(parseMountable(root.root, disks.devices).device)]));
  return roots.filter((root) => {
    const place = places.get(root);
    if (place === undefined || !BSD_TYPES.has(root.type) || place.number >= FIRST_BSD_PARTITION) return true;
    return !roots.some((other) => {
      const otherPlace = places.get(other);
      return other.type === root.type && otherPlace?.disk === place.disk && otherPlace.number >= FIRST_BSD_PARTITION;
    });
  });
}
