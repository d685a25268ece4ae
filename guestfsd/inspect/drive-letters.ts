/**
 * From what a Windows registry says of its drive letters (HKLM\SYSTEM\MountedDevices) to the partitions they are. Disks are
 * known by the signature in their MBR, partitions of GPT disks by their GUID.
 *
 *     value \DosDevices\C:    MBR: signature:u32 | first byte:u64, little-endian    GPT: "DMIO:ID:" | GUID of the partition
 */
import type { Devices } from "../context.ts";
import { readPartitionTable, type PartitionTable } from "../native/partition-table.ts";
import type { RegistryValue } from "./registry.ts";

export type DriveMapping = readonly [letter: string, device: string];

const LETTER = /^\\DosDevices\\([A-Z]):$/i;
const GPT_MARK = "DMIO:ID:";
const MBR_SIZE = 12;
const GUID_SIZE = 16;
const UNIT = 512n;

interface Disk {
  /** API name. */
  readonly name: string;
  readonly table: PartitionTable;
}

/** Real devices by letter, in the registry's order; removable disks and disks that are not there are left out. */
export function driveMappings(values: readonly RegistryValue[], devices: Devices): readonly DriveMapping[] {
  const disks = partitionedDisks(devices);
  return values.flatMap(({ name, data }): DriveMapping[] => {
    const letter = LETTER.exec(name)?.[1];
    const device = letter === undefined ? undefined : partitionOf(Buffer.from(data), disks);
    return letter === undefined || device === undefined ? [] : [[letter, devices.toReal(device)]];
  });
}

function partitionOf(data: Buffer, disks: readonly Disk[]): string | undefined {
  if (data.length === MBR_SIZE) {
    const id = data.readUInt32LE(0).toString(16).padStart(8, "0");
    const start = data.readBigUInt64LE(4);
    return find(
      disks,
      ({ table }) => table.type === "dos" && table.id === id,
      ({ start: at }) => at * UNIT === start,
    );
  }
  if (data.length !== GPT_MARK.length + GUID_SIZE || data.toString("latin1", 0, GPT_MARK.length) !== GPT_MARK) {
    return undefined;
  }
  const guid = guidText(data.subarray(GPT_MARK.length));
  return find(
    disks,
    ({ table }) => table.type === "gpt",
    ({ uuid }) => uuid.toLowerCase() === guid,
  );
}

function find(
  disks: readonly Disk[],
  isDisk: (disk: Disk) => boolean,
  isPartition: (entry: PartitionTable["entries"][number]) => boolean,
): string | undefined {
  for (const disk of disks.filter(isDisk)) {
    const entry = disk.table.entries.find(isPartition);
    if (entry !== undefined) return `${disk.name}${entry.number}`;
  }
  return undefined;
}

/** The first three parts of a GUID are little-endian numbers. */
function guidText(bytes: Buffer): string {
  const parts = [
    bytes.readUInt32LE(0).toString(16).padStart(8, "0"),
    bytes.readUInt16LE(4).toString(16).padStart(4, "0"),
    bytes.readUInt16LE(6).toString(16).padStart(4, "0"),
    bytes.toString("hex", 8, 10),
    bytes.toString("hex", 10, 16),
  ];
  return parts.join("-");
}

function partitionedDisks(devices: Devices): readonly Disk[] {
  return devices.list().flatMap((name) => {
    try {
      const table = readPartitionTable(devices.toReal(name));
      return table === undefined ? [] : [{ name, table }];
    } catch {
      return []; // a disk that cannot be read has no letter
    }
  });
}
