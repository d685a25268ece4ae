/** Every block device that may hold a filesystem: disks, partitions, mapped devices, md arrays. Real names. */
import { kernelPartitions, logicalVolumeName, mappedDevices, mdArrays } from "./block-sysfs.ts";
import type { Devices } from "./context.ts";

export interface HeldDevice {
  readonly device: string;
  /** A disk that has partitions: what looks like a filesystem on it is chance. */
  readonly partitioned: boolean;
}

/** Disks in order, each followed by its partitions, then md arrays, then mapped devices. */
export function allDevices(devices: Devices): HeldDevice[] {
  const disks = devices.list().flatMap((name) => {
    const device = devices.toReal(name);
    const partitions = kernelPartitions(device);
    return [
      { device, partitioned: partitions.length > 0 },
      ...partitions.map((partition) => ({ device: `/dev/${partition.name}`, partitioned: false })),
    ];
  });
  const mapped = mappedDevices().map((device) => logicalVolumeName(device) ?? `/dev/mapper/${device.name}`);
  return [...disks, ...[...mdArrays(), ...mapped].map((device) => ({ device, partitioned: false }))];
}
