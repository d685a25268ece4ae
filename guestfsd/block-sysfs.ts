/** What sysfs tells of block devices: which disk a partition is on, what device-mapper and md call theirs. Changes nothing. */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";

import { splitDev } from "./native/libc.ts";

/** A partition as the kernel has it. */
export interface PartitionNode {
  /** Kernel name, for example sda1. */
  readonly name: string;
  readonly number: number;
  /** In bytes. */
  readonly start: bigint;
  readonly size: bigint;
}

export interface MappedDevice {
  /** Kernel name, for example dm-0. */
  readonly kernel: string;
  /** Name under /dev/mapper. */
  readonly name: string;
  /** As whoever made it chose it: LVM-..., CRYPT-LUKS2-..., often empty. */
  readonly uuid: string;
}

const UNIT = 512n;

/** Kernel name of a block device, whatever links its name goes through. */
export function kernelName(device: string): string {
  const { major, minor } = splitDev(statSync(device, { bigint: true }).rdev);
  return basename(readlinkSync(`/sys/dev/block/${major}:${minor}`));
}

/** Whole disk and number of a partition; undefined for what is none. */
export function partitionPlace(device: string): { readonly disk: string; readonly number: number } | undefined {
  const name = kernelName(device);
  const number = attribute(`/sys/class/block/${name}/partition`);
  if (number === undefined) return undefined;
  const disk = basename(dirname(readlinkSync(`/sys/class/block/${name}`)));
  return { disk: `/dev/${disk}`, number: Number(number) };
}

/** Whether a device is a disk of its own: no partition, no mapped device, no md array. */
export function isWholeDisk(device: string): boolean {
  return statSync(`/sys/block/${kernelName(device)}/device`, { throwIfNoEntry: false }) !== undefined;
}

/** The partitions the kernel has on a disk, by number. */
export function kernelPartitions(disk: string): readonly PartitionNode[] {
  const whole = kernelName(disk);
  const folder = `/sys/block/${whole}`;
  const found: PartitionNode[] = [];
  for (const name of readdirSync(folder)) {
    const number = name.startsWith(whole) ? attribute(`${folder}/${name}/partition`) : undefined;
    if (number === undefined) continue;
    const start = BigInt(attribute(`${folder}/${name}/start`) ?? "0") * UNIT;
    const size = BigInt(attribute(`${folder}/${name}/size`) ?? "0") * UNIT;
    found.push({ name, number: Number(number), start, size });
  }
  return found.sort((a, b) => a.number - b.number);
}

/** Running md arrays, as device names. */
export function mdArrays(): readonly string[] {
  return blockNames()
    .filter((name) => name.startsWith("md") && attribute(`/sys/block/${name}/md/array_state`) !== undefined)
    .filter((name) => attribute(`/sys/block/${name}/size`) !== "0")
    .map((name) => `/dev/${name}`);
}

/** All mapped devices, by the name under /dev/mapper. */
export function mappedDevices(): readonly MappedDevice[] {
  return blockNames()
    .filter((name) => name.startsWith("dm-"))
    .map(mappedDevice)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The mapped device that a name leads to; undefined for other devices. */
export function mappedDeviceOf(device: string): MappedDevice | undefined {
  const kernel = kernelName(device);
  return kernel.startsWith("dm-") ? mappedDevice(kernel) : undefined;
}

/**
 * `/dev/VG/LV` of a mapped device that is a logical volume for users; undefined for others. LVM's UUID for those is `LVM-`
 * and two UUIDs of 32 characters; what serves LVM itself has a suffix behind.
 */
export function logicalVolumeName({ name, uuid }: MappedDevice): string | undefined {
  if (!/^LVM-\w{64}$/.test(uuid)) return undefined;
  // Hyphens of the names themselves are doubled.
  const [, group, volume] = /^((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(name) ?? [];
  if (group === undefined || volume === undefined) return undefined;
  return `/dev/${group.replaceAll("--", "-")}/${volume.replaceAll("--", "-")}`;
}

function mappedDevice(kernel: string): MappedDevice {
  const folder = `/sys/block/${kernel}/dm`;
  return { kernel, name: attribute(`${folder}/name`) ?? "", uuid: attribute(`${folder}/uuid`) ?? "" };
}

function blockNames(): readonly string[] {
  return readdirSync("/sys/block").sort();
}

function attribute(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return undefined;
  }
}
