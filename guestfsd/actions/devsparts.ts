/** Daemon side of schemas/actions/devsparts.ts: from sysfs, nothing is spawned. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { isWholeDisk, kernelPartitions, mdArrays, partitionPlace } from "../block-sysfs.ts";
import type { Context, Devices } from "../context.ts";
import { about, ActionError } from "../errors.ts";

export const devsparts = {
  list_devices: (_args, { devices }) => wholeDisks(devices),
  list_partitions: (_args, { devices }) => [...wholeDisks(devices), ...mdArrays()].flatMap(partitionsOf),
  part_to_dev: ({ partition }, context) => placeOf(partition, context).disk,
  part_to_partnum: ({ partition }, context) => placeOf(partition, context).number,
  is_whole_device: ({ device }, { devices }) => about(devices.toApi(device), () => isWholeDisk(device)),
  nr_devices: (_args, { devices }) => devices.list().length,
  list_disk_labels: (_args, { devices }) => devices.labels(),
} satisfies HandlersOf<typeof families.devsparts, Context>;

/** Real names of the disks, in the API's order. */
export function wholeDisks(devices: Devices): readonly string[] {
  return devices.list().map((name) => devices.toReal(name));
}

/** Device names of the partitions that the kernel has on a disk. */
export function partitionsOf(disk: string): readonly string[] {
  return kernelPartitions(disk).map(({ name }) => `/dev/${name}`);
}

function placeOf(partition: string, { devices }: Pick<Context, "devices">) {
  const shown = devices.toApi(partition);
  const place = about(shown, () => partitionPlace(partition));
  if (place === undefined) throw new ActionError(`${shown}: device name is not a partition`, "EINVAL");
  return place;
}
