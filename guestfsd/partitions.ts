/**
 * Changes to partition tables: sfdisk, sgdisk or parted writes the table, then the kernel is told, partition by partition
 * (BLKPG), so that partitions in use on the same disk do not matter. devtmpfs makes the nodes before the call returns: there
 * is nothing to settle.
 */
import { constants, readSync } from "node:fs";

import { bytesFromText } from "../schemas/index.ts";
import { kernelPartitions } from "./block-sysfs.ts";
import type { Context } from "./context.ts";
import { about, ActionError, errnoCode } from "./errors.ts";
import {
  addPartition,
  deletePartition,
  rereadPartitions,
  resizePartition,
  withDevice,
  type KernelPartition,
} from "./native/block-device.ts";
import { probeDevice } from "./native/blkid.ts";
import { readPartitionTable, type PartitionEntry, type PartitionTable } from "./native/partition-table.ts";
import { readWithParted } from "./parted-table.ts";

type Around = Pick<Context, "command" | "devices">;

const UNIT = 512n;
/** What the kernel shows of an extended partition: room for a boot loader, no more. */
const EXTENDED_SIZE = 1024n;
/** Every kind of table has something here; amiga's may be in any of the first 16 sectors, of 4096 bytes at most. */
const START_BYTES = 16 * 4096;
/** libblkid's names of tables where parted, and so the API, has another. */
const API_TYPES: Readonly<Record<string, string>> = { dos: "msdos", sgi: "dvh" };

/** Whether libblkid reads a table as parted does, and its partitions do not overlap: gpt and msdos. */
export const isCommon = ({ type }: PartitionTable): boolean => type === "gpt" || type === "dos";

/** The table of a disk. @throws ActionError when there is none */
export function tableOf(disk: string, around: Around): PartitionTable {
  const table = findTable(disk, around);
  if (table === undefined) throw noTable(around.devices.toApi(disk));
  return table;
}

function noTable(shown: string): ActionError {
  return new ActionError(`${shown}: unrecognised disk label: Invalid argument`, "EINVAL");
}

/** API name of the kind of table; `loop` for a disk that is one filesystem. @throws ActionError when nothing is on it */
export function tableType(disk: string, around: Around): string {
  const table = findTable(disk, around);
  if (table !== undefined) return API_TYPES[table.type] ?? table.type;
  const shown = around.devices.toApi(disk);
  if (about(shown, () => probeDevice(disk)).get("USAGE") === "filesystem") return "loop";
  throw noTable(shown);
}

/** @throws ActionError when the table has no such partition */
export function entryOf(table: PartitionTable, number: number, shown: string): PartitionEntry {
  const entry = table.entries.find((candidate) => candidate.number === number);
  if (entry === undefined) throw new ActionError(`${shown}: partition ${number} does not exist`);
  return entry;
}

/** The table and one entry of it, of a disk that must have this kind of table. */
export function entryIn(disk: string, number: number, type: "gpt" | "dos", around: Around): PartitionEntry {
  return entryOf(requireTable(disk, type, around), number, around.devices.toApi(disk));
}

/** @throws ActionError EINVAL when the disk has another kind of table */
export function requireTable(disk: string, type: "gpt" | "dos", around: Around): PartitionTable {
  const table = tableOf(disk, around);
  if (table.type !== type) {
    const wanted = type === "gpt" ? "GUID" : "MBR";
    throw new ActionError(`${around.devices.toApi(disk)}: only possible with ${wanted} partition tables`, "EINVAL");
  }
  return table;
}

/**
 * Runs sfdisk on a disk and tells the kernel.
 *
 * @param options before the device
 * @param rest after the device: a partition number and so on
 * @param script sfdisk's input lines
 */
export function sfdisk(
  around: Around,
  disk: string,
  options: readonly string[],
  rest: readonly string[] = [],
  script?: string,
): void {
  const argv = ["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", ...options, disk, ...rest];
  around.command.check(argv, script === undefined ? {} : { stdin: bytesFromText(script) });
  tellKernel(disk, around);
}

/** Makes the kernel's partitions of a disk those of its table. */
export function tellKernel(disk: string, around: Around): void {
  const shown = around.devices.toApi(disk);
  const table = findTable(disk, around);
  // Of the rare tables some have partitions that overlap (dvh, sun), which the kernel takes from the disk, not from a caller.
  if (table !== undefined && !isCommon(table) && hasReread(disk, shown)) return;
  const wanted = new Map(wantedPartitions(table).map((partition) => [partition.number, partition]));
  withDevice(disk, constants.O_RDONLY, (fd) => {
    const kept = new Set<number>();
    const grown: KernelPartition[] = [];
    for (const present of kernelPartitions(disk)) {
      const place = `${shown}${present.number}`;
      const target = wanted.get(present.number);
      if (target === undefined || target.start !== present.start) {
        about(place, () => deletePartition(fd, present.number));
        continue;
      }
      kept.add(present.number);
      if (target.size < present.size) about(place, () => resizePartition(fd, target));
      if (target.size > present.size) grown.push(target);
    }
    for (const target of grown) about(`${shown}${target.number}`, () => resizePartition(fd, target));
    for (const [number, target] of wanted) {
      if (!kept.has(number)) about(`${shown}${number}`, () => addPartition(fd, target));
    }
  });
}

function wantedPartitions(table: PartitionTable | undefined): readonly KernelPartition[] {
  const entries = table?.entries ?? [];
  return entries.map(({ number, start, size, place }) => ({
    number,
    start: start * UNIT,
    size: place === "extended" ? EXTENDED_SIZE : size * UNIT,
  }));
}

function findTable(disk: string, around: Around): PartitionTable | undefined {
  return about(around.devices.toApi(disk), () => {
    const table = readPartitionTable(disk);
    if (table !== undefined && isCommon(table)) return table;
    if (table === undefined && (probeDevice(disk).size > 0 || startsBlank(disk))) return undefined;
    return readWithParted(disk, around) ?? table;
  });
}

/** Whether no table can be there: most disks without one are new, and need not wait for a program. */
function startsBlank(disk: string): boolean {
  const start = Buffer.alloc(START_BYTES);
  const got = withDevice(disk, constants.O_RDONLY, (fd) => readSync(fd, start, 0, START_BYTES, 0));
  return start.subarray(0, got).equals(Buffer.alloc(got));
}

/** Whether the kernel could read the table itself; not while a partition of the disk is in use. */
function hasReread(disk: string, shown: string): boolean {
  try {
    about(shown, () => {
      rereadPartitions(disk);
    });
    return true;
  } catch (error) {
    if (errnoCode(error) === "EBUSY") return false;
    throw error;
  }
}
