/** Daemon side of schemas/actions/listfs.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { allDevices } from "../all-devices.ts";
import { defaultSubvolume, subvolumes, type Subvolume } from "../btrfs-subvolumes.ts";
import type { Context } from "../context.ts";
import { probeDevice } from "../native/blkid.ts";

type Entry = readonly [mountable: string, type: string];

/** Types of extended partitions: they hold partitions, no filesystem. */
const EXTENDED_TYPES: ReadonlySet<string> = new Set(["0x5", "0xf", "0x85"]);

export const listfs = {
  list_filesystems(_args, context) {
    const held = allDevices(context.devices).filter(({ partitioned }) => !partitioned);
    return held.flatMap(({ device }) => entries(device, context));
  },
} satisfies HandlersOf<typeof families.listfs, Context>;

function entries(device: string, context: Context): Entry[] {
  const found = probe(device);
  const type = found.get("TYPE");
  if (EXTENDED_TYPES.has(found.get("PART_ENTRY_TYPE") ?? "")) return [];
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

function probe(device: string): ReadonlyMap<string, string> {
  try {
    return probeDevice(device);
  } catch {
    return new Map();
  }
}
