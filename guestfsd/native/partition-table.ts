/**
 * Partition tables as libblkid reads them, with its own function names. Writes none, and does not ask the kernel: what a
 * table says and what the kernel has may differ (see ../partitions.ts).
 */
import koffi from "koffi";

import { lastErrno, SystemError } from "./errno.ts";
import { cString } from "./libc.ts";

/** {@link PartitionEntry.flags} of the active partition on msdos. */
export const ACTIVE = 0x80n;

/** libblkid's objects; null where there is none. */
type Handle = unknown;

export interface PartitionEntry {
  /** From 1; logical partitions of msdos from 5. */
  readonly number: number;
  /** In units of 512 bytes, whatever the disk's sectors. */
  readonly start: bigint;
  readonly size: bigint;
  /** Type byte on msdos, 0 on GPT. */
  readonly typeByte: number;
  /** Type GUID on GPT, lower case; "0x83" on msdos. */
  readonly type: string;
  readonly uuid: string;
  readonly name: string;
  /** Attribute bits on GPT; {@link ACTIVE} or 0 on the others. */
  readonly flags: bigint;
  readonly place: "primary" | "extended" | "logical";
}

export interface PartitionTable {
  /** libblkid's name: gpt, dos, mac, sun, ... */
  readonly type: string;
  /** Disk GUID or signature, "" when there is none. */
  readonly id: string;
  /** Empty entries left out. */
  readonly entries: readonly PartitionEntry[];
}

const library = koffi.load("libblkid.so.1");

const c: {
  readonly newProbe: (name: Uint8Array) => Handle;
  readonly freeProbe: (probe: Handle) => void;
  readonly enableSuperblocks: (probe: Handle, enable: number) => number;
  readonly enablePartitions: (probe: Handle, enable: number) => number;
  readonly setPartitionsFlags: (probe: Handle, flags: number) => number;
  readonly doFullprobe: (probe: Handle) => number;
  readonly getPartitions: (probe: Handle) => Handle;
  readonly getTable: (list: Handle) => Handle;
  readonly tableType: (table: Handle) => string | null;
  readonly tableId: (table: Handle) => string | null;
  readonly count: (list: Handle) => number;
  readonly entry: (list: Handle, index: number) => Handle;
  readonly number: (entry: Handle) => number;
  readonly start: (entry: Handle) => bigint | number;
  readonly size: (entry: Handle) => bigint | number;
  readonly typeByte: (entry: Handle) => number;
  readonly typeString: (entry: Handle) => string | null;
  readonly uuid: (entry: Handle) => string | null;
  readonly nameOf: (entry: Handle) => string | null;
  readonly flags: (entry: Handle) => bigint | number;
  readonly isExtended: (entry: Handle) => number;
  readonly isLogical: (entry: Handle) => number;
} = {
  newProbe: library.func("void *blkid_new_probe_from_filename(const void *name)"),
  freeProbe: library.func("void blkid_free_probe(void *probe)"),
  enableSuperblocks: library.func("int blkid_probe_enable_superblocks(void *probe, int enable)"),
  enablePartitions: library.func("int blkid_probe_enable_partitions(void *probe, int enable)"),
  setPartitionsFlags: library.func("int blkid_probe_set_partitions_flags(void *probe, int flags)"),
  doFullprobe: library.func("int blkid_do_fullprobe(void *probe)"),
  getPartitions: library.func("void *blkid_probe_get_partitions(void *probe)"),
  getTable: library.func("void *blkid_partlist_get_table(void *list)"),
  tableType: library.func("const char *blkid_parttable_get_type(void *table)"),
  tableId: library.func("const char *blkid_parttable_get_id(void *table)"),
  count: library.func("int blkid_partlist_numof_partitions(void *list)"),
  entry: library.func("void *blkid_partlist_get_partition(void *list, int index)"),
  number: library.func("int blkid_partition_get_partno(void *entry)"),
  start: library.func("int64_t blkid_partition_get_start(void *entry)"),
  size: library.func("int64_t blkid_partition_get_size(void *entry)"),
  typeByte: library.func("int blkid_partition_get_type(void *entry)"),
  typeString: library.func("const char *blkid_partition_get_type_string(void *entry)"),
  uuid: library.func("const char *blkid_partition_get_uuid(void *entry)"),
  nameOf: library.func("const char *blkid_partition_get_name(void *entry)"),
  flags: library.func("uint64_t blkid_partition_get_flags(void *entry)"),
  isExtended: library.func("int blkid_partition_is_extended(void *entry)"),
  isLogical: library.func("int blkid_partition_is_logical(void *entry)"),
};

/** BLKID_PARTS_FORCE_GPT: a GPT whose protective MBR is damaged counts too. */
const FORCE_GPT = 1 << 1;

/**
 * Reads the partition table of a disk.
 *
 * @returns undefined when there is none
 * @throws SystemError when the device cannot be opened
 */
export function readPartitionTable(device: string): PartitionTable | undefined {
  const probe = c.newProbe(cString(device));
  if (probe === null) throw new SystemError(lastErrno(), "open");
  try {
    c.enableSuperblocks(probe, 0);
    c.enablePartitions(probe, 1);
    c.setPartitionsFlags(probe, FORCE_GPT);
    if (c.doFullprobe(probe) !== 0) return undefined;
    const list = c.getPartitions(probe);
    const table = list === null ? null : c.getTable(list);
    if (table === null) return undefined;
    const entries: PartitionEntry[] = [];
    for (let index = 0; index < c.count(list); index++) entries.push(entryOf(c.entry(list, index)));
    return { type: c.tableType(table) ?? "", id: c.tableId(table) ?? "", entries };
  } finally {
    c.freeProbe(probe);
  }
}

function entryOf(entry: Handle): PartitionEntry {
  return {
    number: c.number(entry),
    start: BigInt(c.start(entry)),
    size: BigInt(c.size(entry)),
    typeByte: c.typeByte(entry),
    type: c.typeString(entry) ?? "",
    uuid: c.uuid(entry) ?? "",
    name: c.nameOf(entry) ?? "",
    flags: BigInt(c.flags(entry)),
    place: placeOf(entry),
  };
}

function placeOf(entry: Handle): PartitionEntry["place"] {
  if (c.isExtended(entry) !== 0) return "extended";
  return c.isLogical(entry) === 0 ? "primary" : "logical";
}
