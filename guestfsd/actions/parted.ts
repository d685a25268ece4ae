/** Daemon side of schemas/actions/parted.ts: sfdisk writes gpt and msdos tables, parted the rare ones. */
import { constants } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { kernelPartitions } from "../block-sysfs.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { sectorSizeOf, sizeOf, withDevice } from "../native/block-device.ts";
import { wipeSignatures } from "../native/blkid.ts";
import { ACTIVE, type PartitionEntry, type PartitionTable } from "../native/partition-table.ts";
import { entryIn, entryOf, isCommon, sfdisk, tableOf, tableType, tellKernel } from "../partitions.ts";

const UNIT = 512n;
const LINUX_BYTE = "83";
/** Extended, by LBA: what parted makes. */
const EXTENDED_BYTE = "f";
const EFI_SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
const LINUX_DATA = "0fc63daf-8483-4772-8e79-3d69d8477de4";

/** Where part_disk's partition starts and how far from the end it stops, in sectors. */
const WHOLE_DISK_MARGIN = 128n;

/** parttype argument -> sfdisk's label, and what parted alone can make. It writes no aix and, on this processor, no dasd. */
const SFDISK_LABELS: Readonly<Record<string, string>> = { gpt: "gpt", efi: "gpt", msdos: "dos", mbr: "dos" };
const PARTED_LABELS: Readonly<Record<string, string>> = {
  amiga: "amiga",
  rdb: "amiga",
  bsd: "bsd",
  dvh: "dvh",
  mac: "mac",
  pc98: "pc98",
  sun: "sun",
};

export const parted = {
  part_init({ device, parttype }, context) {
    init(context, device, parttype);
  },

  part_add({ device, prlogex, startsect, endsect }, context) {
    add(context, device, prlogex, startsect, endsect);
  },

  part_disk({ device, parttype }, context) {
    const label = SFDISK_LABELS[parttype];
    if (label === undefined) {
      init(context, device, parttype);
      add(context, device, "p", WHOLE_DISK_MARGIN, -WHOLE_DISK_MARGIN);
      return;
    }
    const { first, last } = range(context, device, WHOLE_DISK_MARGIN, -WHOLE_DISK_MARGIN);
    init(context, device, parttype, partitionLine(first, last, label === "dos" ? `type=${LINUX_BYTE}` : nameOf("p1")));
  },

  part_del({ device, partnum }, context) {
    const table = tableOf(device, context);
    refuseInUse(context, device, table, entryOf(table, partnum, context.devices.toApi(device)));
    if (isCommon(table)) sfdisk(context, device, ["--delete"], [String(partnum)]);
    else changeWithParted(context, device, ["rm", String(partnum)]);
  },

  part_list({ device }, context) {
    if (tableType(device, context) === "loop") {
      const size = sizeOf(device);
      return [{ part_num: 1, part_start: 0n, part_end: size - 1n, part_size: size }];
    }
    return tableOf(device, context)
      .entries.map(partitionStruct)
      .sort((a, b) => Number(a.part_start - b.part_start) || a.part_num - b.part_num);
  },

  part_get_parttype: ({ device }, context) => tableType(device, context),

  part_set_bootable({ device, partnum, bootable }, context) {
    const table = tableOf(device, context);
    const entry = entryOf(table, partnum, context.devices.toApi(device));
    if (isBootable(table, entry) === bootable) return;
    if (table.type === "gpt") {
      sfdisk(context, device, ["--part-type"], [String(partnum), bootable ? EFI_SYSTEM : LINUX_DATA]);
    } else if (table.type === "dos") {
      sfdisk(context, device, ["--activate"], [bootable ? String(partnum) : "-"]);
    } else {
      throw unsupported(context, device, table);
    }
  },

  part_get_bootable({ device, partnum }, context) {
    const table = tableOf(device, context);
    return isBootable(table, entryOf(table, partnum, context.devices.toApi(device)));
  },

  part_set_name({ device, partnum, name }, context) {
    entryIn(device, partnum, "gpt", context);
    sfdisk(context, device, ["--part-label"], [String(partnum), name]);
  },

  part_get_name: ({ device, partnum }, context) => entryIn(device, partnum, "gpt", context).name,

  part_resize({ device, partnum, endsect }, context) {
    const shown = context.devices.toApi(device);
    const entry = entryOf(tableOf(device, context), partnum, shown);
    const sector = BigInt(sectorSizeOf(device));
    const first = (entry.start * UNIT) / sector;
    const { last } = range(context, device, first, endsect);
    sfdisk(context, device, ["-N", String(partnum)], [], `start=${first}, size=${last - first + 1n}\n`);
  },
} satisfies HandlersOf<typeof families.parted, Context>;

/** Makes an empty table, or one with the partition of a line for sfdisk. Refuses a disk in use before anything is written. */
function init(context: Context, disk: string, parttype: string, line = ""): void {
  const shown = context.devices.toApi(disk);
  const label = SFDISK_LABELS[parttype];
  const rare = PARTED_LABELS[parttype];
  if (label === undefined && rare === undefined) {
    throw new ActionError(`unknown partition type: common choices are "gpt" and "msdos"`, "EINVAL");
  }
  about(shown, () => withDevice(disk, constants.O_RDWR | constants.O_EXCL, () => undefined));
  about(shown, () => {
    wipeSignatures(disk);
  });
  if (label === undefined) {
    changeWithParted(context, disk, ["mklabel", rare ?? ""]);
    return;
  }
  // sfdisk would keep the first MiB of a GPT disk free; the API's callers choose themselves.
  const header = label === "gpt" ? "label: gpt\nfirst-lba: 34\n" : `label: ${label}\n`;
  sfdisk(context, disk, ["--wipe", "always", "--wipe-partitions", "never"], [], header + line);
}

function add(context: Context, disk: string, prlogex: string, startsect: bigint, endsect: bigint): void {
  const kind = kindOf(prlogex);
  const shown = context.devices.toApi(disk);
  const table = tableOf(disk, context);
  const { first, last } = range(context, disk, startsect, endsect);
  if (!isCommon(table)) {
    changeWithParted(context, disk, ["mkpart", "primary", `${first}s`, `${last}s`]);
    return;
  }
  if (table.type === "gpt" && kind !== "primary") {
    throw new ActionError(`${shown}: a GUID partition table has no ${kind} partitions`, "EINVAL");
  }
  if (table.type === "dos") requirePlace(table, kind, first * BigInt(sectorSizeOf(disk)), shown);
  const byte = kind === "extended" ? EXTENDED_BYTE : LINUX_BYTE;
  const line = partitionLine(first, last, table.type === "dos" ? `type=${byte}` : nameOf("primary"));
  sfdisk(context, disk, ["--append", "--wipe-partitions", "never"], [], line);
}

function changeWithParted(context: Context, disk: string, words: readonly string[]): void {
  context.command.check(["parted", "-s", disk, ...words]);
  tellKernel(disk, context);
}

/** sfdisk takes for logical what starts in the extended partition, and nothing else: hold the caller to the same. */
function requirePlace(table: PartitionTable, kind: PartitionEntry["place"], start: bigint, shown: string): void {
  const extended = table.entries.find(({ place }) => place === "extended");
  const unit = start / UNIT;
  const within = extended !== undefined && unit >= extended.start && unit < extended.start + extended.size;
  if (kind === "logical" && !within) {
    throw new ActionError(`${shown}: a logical partition must start in an extended one`, "EINVAL");
  }
  if (kind !== "logical" && within) {
    throw new ActionError(`${shown}: only logical partitions can be in the extended partition`, "EINVAL");
  }
}

/** Before the table is written: afterwards the kernel could only be left with another one. */
function refuseInUse({ devices }: Context, disk: string, table: PartitionTable, entry: PartitionEntry): void {
  const gone = table.entries.filter(
    (other) => other === entry || (entry.place === "extended" && other.place === "logical"),
  );
  const present = kernelPartitions(disk).filter(({ number }) => gone.some((other) => other.number === number));
  for (const { name } of present) {
    about(devices.toApi(`/dev/${name}`), () =>
      withDevice(`/dev/${name}`, constants.O_RDONLY | constants.O_EXCL, () => undefined),
    );
  }
}

function kindOf(prlogex: string): PartitionEntry["place"] {
  switch (prlogex) {
    case "p":
    case "primary":
      return "primary";
    case "l":
    case "logical":
      return "logical";
    case "e":
    case "extended":
      return "extended";
    default:
      throw new ActionError(
        `unknown partition type: ${prlogex}: this should be "primary", "logical" or "extended"`,
        "EINVAL",
      );
  }
}

/** Both ends as sectors from the start of the disk. */
function range({ devices }: Context, disk: string, startsect: bigint, endsect: bigint) {
  const shown = devices.toApi(disk);
  const sectors = about(shown, () => sizeOf(disk) / BigInt(sectorSizeOf(disk)));
  const first = startsect < 0n ? sectors + startsect : startsect;
  const last = endsect < 0n ? sectors + endsect : endsect;
  if (first < 1n || last < first || last >= sectors) {
    throw new ActionError(`${shown}: no partition can reach from sector ${startsect} to ${endsect}`, "EINVAL");
  }
  return { first, last };
}

function partitionLine(first: bigint, last: bigint, more: string): string {
  return `start=${first}, size=${last - first + 1n}, ${more}\n`;
}

/** The names that libguestfs gives GPT partitions: `p1` in part_disk, `primary` in part_add. */
const nameOf = (name: string): string => `name="${name}"`;

function isBootable(table: PartitionTable, entry: PartitionEntry): boolean {
  return table.type === "gpt" ? entry.type === EFI_SYSTEM : (entry.flags & ACTIVE) !== 0n;
}

function partitionStruct({ number, start, size }: PartitionEntry) {
  const part_start = start * UNIT;
  const part_size = size * UNIT;
  return { part_num: number, part_start, part_end: part_start + part_size - 1n, part_size };
}

function unsupported({ devices }: Context, disk: string, table: PartitionTable): ActionError {
  return new ActionError(`${devices.toApi(disk)}: not possible with ${table.type} partition tables`, "ENOTSUP");
}
