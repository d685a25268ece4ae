/** Every block device that may hold a filesystem: disks, partitions, mapped devices, md arrays. Real names. */
import { kernelPartitions, logicalVolumeName, mappedDevices, mdArrays } from "./block-sysfs.ts";
import type { Devices } from "./context.ts";

export interface HeldDevice {
  readonly device: string;
  /** A disk that has partitions: what looks like a filesystem on it is chance. */
  readonly partitioned: boolean;
}

/** In libguestfs's order: disks without partitions, partitions, md arrays, mapped devices; partitioned disks come last. */
export function allDevices(devices: Devices): HeldDevice[] {
  const disks = devices.list().map((name) => devices.toReal(name));
  const partitionsByDisk = new Map(disks.map((disk) => [disk, partitionsOf(disk)]));
  const partitions = [...partitionsByDisk.values()].flat();
  const partitioned = disks.filter((disk) => partitionsByDisk.get(disk)?.length !== 0);
  const whole = disks.filter((disk) => !partitioned.includes(disk));
  const arrays = mdArrays();
  const mapped = mappedDevices().map((device) => logicalVolumeName(device) ?? `/dev/mapper/${device.name}`);
  const held = [...whole, ...partitions, ...arrays, ...arrays.flatMap(partitionsOf), ...mapped];
  return [
    ...held.map((device) => ({ device, partitioned: false })),
    ...partitioned.map((device) => ({ device, partitioned: true })),
  ];
}

function partitionsOf(disk: string): string[] {
  return kernelPartitions(disk).map(({ name }) => `/dev/${name}`);
}
