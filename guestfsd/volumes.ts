/**
 * Filesystems as wholes: mounted aside, where nothing that the guest mounts hides a part of them. Who mounts what in the guest is
 * actions/mount.ts's matter; this only sees it.
 */
import { constants, mkdtempSync, rmdirSync } from "node:fs";

import { textFromBytes } from "../schemas/index.ts";
import type { Commands, Context, Kept, Sysroot } from "./context.ts";
import { about, ActionError, errnoCode } from "./errors.ts";
import { readMounts, volumeName, type MountLine } from "./mounted-devices.ts";
import { probeDevice } from "./native/blkid.ts";
import { closeQuietly, mount, MS_RDONLY, open, umount2 } from "./native/libc.ts";

/** A filesystem of a device, mounted in the guest. */
export interface Volume {
  /** Real name: a device, or `/dev/VG/LV`. */
  readonly device: string;
  /** Path in the guest. */
  readonly mountpoint: string;
  /** Path in the filesystem of what is mounted there. */
  readonly prefix: string;
  readonly type: string;
  /** Appliance path where it is mounted. */
  readonly place: string;
}

const MS_NOATIME = 1024;
const MS_BIND = 4096;
/** What is behind a FUSE mount is a program, not the kernel: it cannot be mounted a second time. */
const FUSE = "fuseblk";

/** Every place below the sysroot where a device is mounted, in the order of mounting. */
export function mountedVolumes(sysroot: Sysroot): Volume[] {
  return readMounts().flatMap((line) => {
    const below = line.place.startsWith(`${sysroot.path}/`);
    if ((!below && line.place !== sysroot.path) || !line.source.startsWith("/dev/")) return [];
    return [volumeOf(line, sysroot)];
  });
}

function volumeOf({ source, place, prefix, type }: MountLine, sysroot: Sysroot): Volume {
  const [device, path, root] = [source, place, prefix].map((latin1) => textFromBytes(Buffer.from(latin1, "latin1")));
  return {
    device: volumeName(device ?? ""),
    mountpoint: path === sysroot.path ? "/" : (path ?? "").slice(sysroot.path.length),
    prefix: root ?? "/",
    type,
    place: path ?? "",
  };
}

export type Surroundings = Pick<Context, "command" | "kept" | "sysroot">;

/**
 * The root directory of a device's filesystem, mounted aside until the guest is unmounted.
 *
 * @returns a descriptor that the caller closes, and its appliance path
 * @throws ActionError ENODEV when there is no such device, or no filesystem on it
 */
export function openVolume(around: Surroundings, device: string): { readonly fd: number; readonly path: string } {
  const name = `volume ${device}`;
  const known = around.kept.get(name);
  const aside = known instanceof Aside ? known : new Aside(around, device);
  around.kept.set(name, aside);
  return { fd: open(aside.path, constants.O_DIRECTORY), path: aside.path };
}

/** As openVolume for the time of `body`; nothing stays mounted. */
export function withVolume<T>(around: Surroundings, device: string, body: (fd: number, path: string) => T): T {
  const aside = new Aside(around, device);
  try {
    const fd = open(aside.path, constants.O_DIRECTORY);
    try {
      return body(fd, aside.path);
    } finally {
      closeQuietly(fd);
    }
  } finally {
    aside.close();
  }
}

class Aside implements Kept {
  readonly ofGuest = true;
  readonly path: string;

  constructor({ command, sysroot }: Surroundings, device: string) {
    const mounted = mountedVolumes(sysroot).find((volume) => volume.device === device);
    const type = mounted?.type ?? probedType(device);
    this.path = mkdtempSync("/tmp/volume");
    try {
      about(device, () => {
        mountWhole(command, { device, type, mounted: mounted?.place }, this.path);
      });
    } catch (error) {
      rmdirSync(this.path);
      throw error;
    }
  }

  close(): void {
    umount2(this.path);
    rmdirSync(this.path);
  }
}

interface Whole {
  readonly device: string;
  readonly type: string;
  /** Where it is mounted already. */
  readonly mounted: string | undefined;
}

function mountWhole(command: Commands, { device, type, mounted }: Whole, path: string): void {
  if (type === FUSE && mounted !== undefined) mount(mounted, path, null, MS_BIND);
  else if (type === "ntfs") command.check(["ntfs-3g", device, path]);
  else {
    const data = type === "btrfs" ? "subvolid=5" : null;
    try {
      mount(device, path, type, MS_NOATIME, data);
    } catch (error) {
      // Mounted read-only in the guest, or not to be written at all.
      if (!["EBUSY", "EROFS", "EACCES"].includes(errnoCode(error) ?? "")) throw error;
      mount(device, path, type, MS_NOATIME | MS_RDONLY, data);
    }
  }
}

function probedType(device: string): string {
  const found = probe(device);
  const type = found.get("USAGE") === "filesystem" ? found.get("TYPE") : undefined;
  if (type === undefined) throw new ActionError(`${device}: no filesystem is recognised on it`, "ENODEV");
  return type;
}

function probe(device: string): ReadonlyMap<string, string> {
  try {
    return probeDevice(device);
  } catch (error) {
    if (errnoCode(error) === "ENOENT") throw new ActionError(`${device}: no such device`, "ENODEV", { cause: error });
    throw error;
  }
}
