/**
 * Device names. The API counts disks in the order they were added and calls them /dev/sda, /dev/sdb ...; the kernel may have
 * given other letters. The order is that of the SCSI addresses in sysfs (facts/appliance-contract.md §5), without udev.
 * The appliance's own disk is left out. LVM, md and mapper names are the same on both sides.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import type { Devices } from "./context.ts";

export interface DeviceSettings {
  /** Kernel name ("sdb") of the disk to hide; undefined when the appliance has none. */
  readonly applianceDisk: string | undefined;
  /** Root of sysfs. */
  readonly sys?: string;
}

/** API and kernel names: letters of the disk, digits of the partition. A disk may be called sdda. */
const DISK_NAME = /^\/dev\/(?:[hsv]|xv|ub)d([a-z]+)(\d*)$/;
const KERNEL_DISK = /^(?:sd|vd|hd|xvd)[a-z]+$/;
const BTRFS_VOLUME = "btrfsvol:";
/** Names of disks by label, as libguestfs's udev rules would make them. */
const BY_LABEL = "/dev/disk/guestfs/";

/** The devices that are attached when they are first asked for: made for one call, so that a hot-plugged disk counts in the next. */
export function createDevices(settings: DeviceSettings): Devices {
  const sys = settings.sys ?? "/sys";
  let known: readonly string[] | undefined;
  const disks = (): readonly string[] => (known ??= kernelDisks(sys).filter((name) => name !== settings.applianceDisk));

  const labels = (): (readonly [string, string])[] =>
    disks().flatMap((name) => labelsOf(join(sys, "block", name), name));

  return {
    labels,

    list: () => disks().map((_, index) => `/dev/sd${letters(index)}`),

    toReal(name) {
      if (name.startsWith(BY_LABEL)) {
        return labels().find(([label]) => label === name.slice(BY_LABEL.length))?.[1] ?? name;
      }
      const [, disk, partition = ""] = DISK_NAME.exec(name) ?? [];
      if (disk === undefined) return name;
      const kernel = disks()[indexOf(disk)];
      return kernel === undefined ? missing(name) : `/dev/${kernel}${partition}`;
    },

    toApi(name) {
      const volume = name.startsWith(BTRFS_VOLUME) ? BTRFS_VOLUME : "";
      const [, kernel, rest = ""] = /^\/dev\/([a-z]+)(\d*(?:\/.*)?)$/s.exec(name.slice(volume.length)) ?? [];
      const index = kernel === undefined ? -1 : disks().indexOf(kernel);
      return index === -1 ? name : `${volume}/dev/sd${letters(index)}${rest}`;
    },

    isDevice: (name) => name.startsWith("/dev/") && isBlockDevice(name),
  };
}

/** No devices at all: for a daemon that serves a plain folder on a host, whose disks are nobody's business. */
export function noDevices(): Devices {
  return { list: () => [], labels: () => [], toReal: missing, toApi: (name) => name, isDevice: () => false };
}

/**
 * Kernel name of the appliance's disk: what init wrote down, else the disk that `/` is on, else none.
 */
export function findApplianceDisk(run = "/run/gild/appliance-disk", sys = "/sys"): string | undefined {
  try {
    return readFileSync(run, "latin1").trim() || undefined;
  } catch {
    return diskOfRoot(sys);
  }
}

export interface Mountable {
  /** Real device name. */
  readonly device: string;
  /** Btrfs subvolume, without a slash in front. */
  readonly subvolume?: string;
}

/** Splits a mountable whose device dispatch has translated already: a device, or `btrfsvol:DEVICE/SUBVOLUME`. */
export function parseMountable(mountable: string, devices: Devices): Mountable {
  if (!mountable.startsWith(BTRFS_VOLUME)) return { device: mountable };
  const rest = mountable.slice(BTRFS_VOLUME.length);
  for (let end = rest.indexOf("/", "/dev/".length); end !== -1; end = rest.indexOf("/", end + 1)) {
    const device = rest.slice(0, end);
    if (devices.isDevice(device)) return { device, subvolume: rest.slice(end + 1) };
  }
  return { device: rest };
}

/** Translates the device inside a mountable to its real name. */
export function mountableToReal(mountable: string, devices: Devices): string {
  if (!mountable.startsWith(BTRFS_VOLUME)) return devices.toReal(mountable);
  const rest = mountable.slice(BTRFS_VOLUME.length);
  const [, disk = rest, tail = ""] = /^(\/dev\/[^/]+)(\/.*)?$/s.exec(rest) ?? [];
  return BTRFS_VOLUME + devices.toReal(disk) + tail;
}

/** A name that no device has: an API name must never mean some other disk of the same kernel name. */
function missing(name: string): string {
  return name.replace(/^\/dev\//, "/dev/disk/none/");
}

function isBlockDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() === true;
}

function kernelDisks(sys: string): string[] {
  const found: { readonly name: string; readonly address: readonly number[] }[] = [];
  for (const name of readdirSync(join(sys, "block"))) {
    if (KERNEL_DISK.test(name)) found.push({ name, address: addressOf(join(sys, "block", name, "device")) });
  }
  found.sort((a, b) => compareAddresses(a.address, b.address) || compareNames(a.name, b.name));
  return found.map(({ name }) => name);
}

/**
 * Label of a disk and of its partitions, which have their number behind it; nothing for a disk without one. The label is the
 * serial number that QEMU was given: page 0x80 of the vital product data, a header of 4 bytes before it.
 */
function labelsOf(folder: string, name: string): (readonly [label: string, device: string])[] {
  const label = serialOf(folder);
  if (label === "") return [];
  const partitions = readdirSync(folder).filter(
    (entry) => entry.startsWith(name) && /^\d+$/.test(entry.slice(name.length)),
  );
  return [name, ...partitions].map((entry) => [label + entry.slice(name.length), `/dev/${entry}`]);
}

function serialOf(folder: string): string {
  try {
    return readFileSync(join(folder, "device", "vpd_pg80"))
      .subarray(4)
      .toString("latin1")
      .trim();
  } catch {
    return "";
  }
}

/** host:channel:target:lun; disks that are not SCSI come after all that are. */
function addressOf(link: string): readonly number[] {
  try {
    const address = basename(readlinkSync(link)).split(":").map(Number);
    return address.some(Number.isNaN) ? [Number.MAX_SAFE_INTEGER] : address;
  } catch {
    return [Number.MAX_SAFE_INTEGER];
  }
}

function compareAddresses(a: readonly number[], b: readonly number[]): number {
  for (const [index, part] of a.entries()) {
    const difference = part - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** sda before sdz before sdaa. */
function compareNames(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

function diskOfRoot(sys: string): string | undefined {
  const { dev } = statSync("/", { bigint: true });
  const major = (dev >> 8n) & 0xfffn;
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  try {
    const parts = readlinkSync(join(sys, "dev/block", `${major}:${minor}`)).split("/");
    return parts[parts.indexOf("block") + 1];
  } catch {
    return undefined;
  }
}

/** 0 -> a, 25 -> z, 26 -> aa. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

function indexOf(disk: string): number {
  let index = 0;
  for (const char of disk) index = index * 26 + (char.charCodeAt(0) - 96);
  return index - 1;
}
