/**
 * Partition tables as parted reads them: the rare ones, which libblkid does not know (amiga, bsd, pc98) or of which it shows
 * what is no partition (the free space of mac, the whole disk of dvh and sun). Reads only; starts a program, so it is slow.
 */
import { textFromBytes } from "../schemas/index.ts";
import type { Context } from "./context.ts";
import { ACTIVE, type PartitionEntry, type PartitionTable } from "./native/partition-table.ts";

const UNIT = 512n;

/** `path:size:transport:sector:sector:label:model:flags;`, the disk's own line. */
const DISK_LINE = /^[^:]*:\d+B:[^:]*:\d+:\d+:([^:]*):.*;$/m;
/** `number:first:last:size:filesystem:name:flags;` */
const PARTITION_LINE = /^(\d+):(\d+)B:\d+B:(\d+)B:.*:([^:]*);$/gm;
/** What parted prints for no table, and for a filesystem without one. */
const NO_TABLES: ReadonlySet<string> = new Set(["unknown", "loop"]);

/** @returns undefined when parted knows no table on the disk; a type is parted's, and so the API's, name */
export function readWithParted(disk: string, { command }: Pick<Context, "command">): PartitionTable | undefined {
  const { stdout } = command.run(["parted", "-m", "-s", disk, "unit", "b", "print"]);
  return partitionTableFromParted(textFromBytes(stdout));
}

/** Of `parted -m` with bytes as the unit. */
export function partitionTableFromParted(text: string): PartitionTable | undefined {
  const type = DISK_LINE.exec(text)?.[1];
  if (type === undefined || NO_TABLES.has(type)) return undefined;
  return { type, id: "", entries: Array.from(text.matchAll(PARTITION_LINE), entryOf) };
}

function entryOf([, number, start, size, flags = ""]: RegExpExecArray): PartitionEntry {
  return {
    number: Number(number),
    start: BigInt(start ?? 0) / UNIT,
    size: BigInt(size ?? 0) / UNIT,
    typeByte: 0,
    type: "",
    uuid: "",
    name: "",
    flags: flags.split(", ").includes("boot") ? ACTIVE : 0n,
    place: "primary",
  };
}
