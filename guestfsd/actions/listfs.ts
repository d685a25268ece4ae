/** Daemon side of schemas/actions/listfs.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { allDevices } from "../all-devices.ts";
import { defaultSubvolume, subvolumes, type Subvolume } from "../btrfs-subvolumes.ts";
import { kernelPartitions } from "../block-sysfs.ts";
import type { Context } from "../context.ts";
import { DeviceProbes } from "../device-probes.ts";
import { readPartitionTable } from "../native/partition-table.ts";

type Entry = readonly [mountable: string, type: string];

const LDM_TYPE = 0x42;
/** Types of partitions that hold no filesystem of their own: extended ones, and those of Windows dynamic disks with a GPT. */
const CONTAINER_TYPES: ReadonlySet<string> = new Set([
  "0x5",
  "0xf",
  "0x85",
  "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3",
  "af9b60a0-1431-4f62-bc68-3311714a69ad",
]);

export const listfs = {
  list_filesystems: (_args, context) => listFilesystems(context, new DeviceProbes()),
} satisfies HandlersOf<typeof families.listfs, Context>;

export function listFilesystems(context: Context, probes: DeviceProbes): Entry[] {
  const dynamic = context.devices.list().flatMap((disk) => partitionsIfDynamic(context.devices.toReal(disk)));
  const held = allDevices(context.devices).filter(({ partitioned }) => !partitioned);
  return held.flatMap(({ device }) => (dynamic.includes(device) ? [] : entries(device, probes.of(device), context)));
}

/**
 * Of a Windows dynamic disk with an MBR the kernel shows the partitions that its database names, none of its table: they are
 * parts of volumes, which the LDM devices show.
 */
function partitionsIfDynamic(disk: string): readonly string[] {
  const table = readPartitionTable(disk);
  if (table?.type !== "dos" || !table.entries.some(({ typeByte }) => typeByte === LDM_TYPE)) return [];
  return kernelPartitions(disk).map(({ name }) => `/dev/${name}`);
}

function entries(device: string, found: ReadonlyMap<string, string>, context: Context): Entry[] {
  const type = found.get("TYPE");
  if (CONTAINER_TYPES.has(found.get("PART_ENTRY_TYPE") ?? "")) return [];
  switch (found.get("USAGE") ?? "") {
    case "raid":
    case "crypto":
      return [];
    case "filesystem":
      return type === "btrfs" ? btrfsEntries(device, context) : [[device, type ?? "unknown"]];
    default:
      return [[device, type === "swap" ? "swap" : "unknown"]];
  }
}

/** The device itself, and every subvolume but the one that a mount of the device shows. */
function btrfsEntries(device: string, context: Context): Entry[] {
  const others = extraSubvolumes(device, context);
  return [[device, "btrfs"], ...others.map(({ path }): Entry => [`btrfsvol:${device}/${path}`, "btrfs"])];
}

/** A btrfs of several devices is found on each of them, and damaged ones do not mount: then there is the device alone. */
function extraSubvolumes(device: string, context: Context): readonly Subvolume[] {
  try {
    const shown = defaultSubvolume(device, context);
    return subvolumes(device, context).filter(({ id }) => id !== shown);
  } catch {
    return [];
  }
}
