/**
 * Which block devices were written to, by the kernel's own counters: for what happens below the filesystems that are watched
 * (a program of the guest that mounts, formats or overwrites a device by itself). Only devices that hold something of their
 * own count: not disks with partitions, and not what LVM, md or LUKS is made of, whose changes show in the devices above them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Devices } from "./context.ts";
import { volumeName } from "./mounted-devices.ts";

/** Device (real name, `/dev/VG/LV`) -> sectors written since it appeared. */
export type WriteCounts = ReadonlyMap<string, bigint>;

/** Field of /sys/class/block/NAME/stat, see the kernel's Documentation/block/stat.rst. */
const SECTORS_WRITTEN = 6;
const MEMORY_DEVICE = /^(?:loop|ram|zram)\d/;

export function readWriteCounts(devices: Devices, sys = "/sys"): Map<string, bigint> {
  const folder = join(sys, "class/block");
  const disks = new Set(devices.list().map((name) => devices.toReal(name)));
  const counts = new Map<string, bigint>();
  for (const name of readdirSync(folder)) {
    const device = join(folder, name);
    if (MEMORY_DEVICE.test(name) || !isLeaf(device) || isForeignDisk(name, disks)) continue;
    const fields = readFileSync(join(device, "stat"), "latin1").trim().split(/\s+/);
    counts.set(nameOf(device, name), BigInt(fields[SECTORS_WRITTEN] ?? 0));
  }
  return counts;
}

/** Devices whose counts differ, and those that came. */
export function writtenSince(before: WriteCounts, now: WriteCounts): string[] {
  return [...now].filter(([device, count]) => count !== (before.get(device) ?? 0n)).map(([device]) => device);
}

function isLeaf(device: string): boolean {
  const holders = join(device, "holders");
  if (existsSync(holders) && readdirSync(holders).length > 0) return false;
  return !readdirSync(device).some((entry) => existsSync(join(device, entry, "partition")));
}

/** The appliance's own disk, which is no disk of the API. */
function isForeignDisk(name: string, disks: ReadonlySet<string>): boolean {
  return /^(?:sd|vd|hd|xvd)/.test(name) && !disks.has(`/dev/${name.replace(/\d+$/, "")}`);
}

/** The kernel calls a logical volume dm-0. */
function nameOf(device: string, name: string): string {
  const mapped = join(device, "dm/name");
  return existsSync(mapped) ? volumeName(`/dev/mapper/${readFileSync(mapped, "latin1").trim()}`) : `/dev/${name}`;
}
