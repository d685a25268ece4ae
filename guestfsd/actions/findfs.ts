/** Daemon side of schemas/actions/findfs.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { kernelPartitions, logicalVolumeName, mappedDevices, mdArrays } from "../block-sysfs.ts";
import type { Context, Devices } from "../context.ts";
import { failure } from "../errors.ts";
import { probeDevice } from "../native/blkid.ts";

export const findfs = {
  findfs_uuid: ({ uuid }, { devices }) => findDevice(devices, "UUID", uuid),
  findfs_label: ({ label }, { devices }) => findDevice(devices, "LABEL", label),
  findfs_partuuid: ({ uuid }, { devices }) => findDevice(devices, "PART_ENTRY_UUID", uuid),
  findfs_partlabel: ({ label }, { devices }) => findDevice(devices, "PART_ENTRY_NAME", label),
} satisfies HandlersOf<typeof families.findfs, Context>;

/** The device whose probed value is this one, letters alike. @throws ActionError ENOENT */
export function findDevice(devices: Devices, name: string, wanted: string): string {
  const found = candidates(devices).find((device) => probe(device).get(name)?.toLowerCase() === wanted.toLowerCase());
  if (found === undefined) throw failure(wanted, "ENOENT");
  return found;
}

function candidates(devices: Devices): string[] {
  const disks = devices.list().map((name) => devices.toReal(name));
  const partitions = disks.flatMap((disk) => kernelPartitions(disk).map(({ name }) => `/dev/${name}`));
  const mapped = mappedDevices().map((device) => logicalVolumeName(device) ?? `/dev/mapper/${device.name}`);
  return [...partitions, ...disks, ...mapped, ...mdArrays()];
}

function probe(device: string): ReadonlyMap<string, string> {
  try {
    return probeDevice(device);
  } catch {
    return new Map(); // a device that cannot be opened holds nothing to be found
  }
}
