/**
 * The part of a Diff below files: partition tables, partitions, filesystems, md arrays, LVM, and the areas that boot loaders write
 * (before the first partition, and partitions without a filesystem). Reads through the client, then compares maps of text.
 */
import type { BlockChange, BlockKind, FieldChange, Guestfs } from "../../schemas/index.ts";
import { blockKinds } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import { sha256 } from "./contents.ts";

/** Fields of one thing by name; every value is text, sizes and offsets in decimal bytes. */
export type BlockFields = Readonly<Record<string, string>>;

/** `KIND NAME` -> fields. */
export type BlockState = ReadonlyMap<string, BlockFields>;

/** Boot loaders put their second stage here; rarely more than 64 KiB, aligned partitions begin at 1 MiB. */
const BOOT_AREA_MAX = 1 << 20;
/** Partitions without a filesystem up to this size are digested (BIOS boot partition, PReP). */
const RAW_PARTITION_MAX = 16n << 20n;
const SECTOR = 512;
const GPT_TABLE_BYTES = 34 * SECTOR;
const MBR_CODE_BYTES = 440;

/** What blkid calls a type is told as a physical volume. */
const LVM_MEMBER = "LVM2_member";

/** Fields that are unknown while a filesystem is not mounted, and so compared only where both sides know them. */
const OPTIONAL_FIELDS: ReadonlySet<string> = new Set(["size"]);

/** Reads everything; devices that cannot be read are left out. */
export async function readBlocks(g: Guestfs): Promise<BlockState> {
  const state = new Map<string, BlockFields>();
  const sizes = await mountedSizes(g);
  const arrays = (await orUndefined(g.list_md_devices())) ?? [];
  for (const disk of [...(await g.list_devices()), ...arrays]) await readDisk(g, disk, state, sizes);
  for (const array of arrays) await readArray(g, array, state);
  for (const device of (await orUndefined(g.list_dm_devices())) ?? []) {
    readFilesystem(device, await probe(g, device), state, sizes);
  }
  await readLvm(g, state, sizes);
  return state;
}

/** Everything that differs, sorted by kind and name. */
export function compareBlocks(before: BlockState, after: BlockState): BlockChange[] {
  const changes: BlockChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [then, now] = [before.get(key), after.get(key)];
    const fields = compareFields(then, now);
    if (fields.length === 0) continue;
    const [kind, name] = parseKey(key);
    changes.push({ kind, name, change: changeOf(then, now), fields });
  }
  const order = (change: BlockChange): number => blockKinds.indexOf(change.kind);
  return changes.sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
}

function changeOf(then: BlockFields | undefined, now: BlockFields | undefined): BlockChange["change"] {
  if (then === undefined) return "added";
  return now === undefined ? "removed" : "changed";
}

function compareFields(then: BlockFields | undefined, now: BlockFields | undefined): FieldChange[] {
  const fields: FieldChange[] = [];
  for (const name of new Set([...Object.keys(then ?? {}), ...Object.keys(now ?? {})])) {
    const [before, after] = [then?.[name], now?.[name]];
    if (before === after) continue;
    const unknown = then !== undefined && now !== undefined && (before === undefined || after === undefined);
    if (unknown && OPTIONAL_FIELDS.has(name)) continue;
    fields.push({ name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
  }
  return fields;
}

function keyOf(kind: BlockKind, name: string): string {
  return `${kind} ${name}`;
}

function parseKey(key: string): [BlockKind, string] {
  const cut = key.indexOf(" ");
  const kind = blockKinds.find((known) => known === key.slice(0, cut)) ?? "disk";
  return [kind, key.slice(cut + 1)];
}

async function readDisk(
  g: Guestfs,
  disk: string,
  state: Map<string, BlockFields>,
  sizes: ReadonlyMap<string, string>,
): Promise<void> {
  const size = await g.blockdev_getsize64({ device: disk });
  const table = (await orUndefined(g.part_get_parttype({ device: disk }))) ?? "";
  const partitions = table === "" || table === "loop" ? [] : ((await orUndefined(g.part_list({ device: disk }))) ?? []);
  const first = partitions.reduce((least, part) => (part.part_start < least ? part.part_start : least), size);
  state.set(keyOf("disk", disk), {
    size: String(size),
    table,
    ...(partitions.length === 0 ? {} : await bootArea(g, disk, table, first)),
  });
  if (partitions.length === 0) readFilesystem(disk, await probe(g, disk), state, sizes);
  for (const part of partitions) {
    const device = partitionName(disk, part.part_num);
    const info = await probe(g, device);
    state.set(keyOf("partition", device), {
      start: String(part.part_start),
      size: String(part.part_size),
      ...pick(info, {
        type: "PART_ENTRY_TYPE",
        name: "PART_ENTRY_NAME",
        uuid: "PART_ENTRY_UUID",
        flags: "PART_ENTRY_FLAGS",
      }),
      ...(await rawContent(g, device, part.part_size, info)),
    });
    readFilesystem(device, info, state, sizes);
  }
}

/** What makes an array of its members, beside what it is as a disk. */
async function readArray(g: Guestfs, array: string, state: Map<string, BlockFields>): Promise<void> {
  const info: Info = new Map((await orUndefined(g.md_detail({ md: array }))) ?? []);
  const members = [...info].flatMap(([name, value]) => (/^device_.*_dev$/u.test(name) ? [value] : [])).sort();
  state.set(keyOf("disk", array), {
    ...state.get(keyOf("disk", array)),
    ...pick(info, { level: "level", uuid: "uuid" }),
    ...(members.length === 0 ? {} : { members: members.join(" ") }),
  });
}

/**
 * Digest of boot code and of the gap before the first partition, without the partition table that lies between; nothing
 * where all is zero.
 */
async function bootArea(g: Guestfs, disk: string, table: string, first: bigint): Promise<BlockFields> {
  const count = Number(first < BigInt(BOOT_AREA_MAX) ? first : BigInt(BOOT_AREA_MAX));
  const bytes = await orUndefined(g.pread_device({ device: disk, count, offset: 0n }));
  if (bytes === undefined) return {};
  const gap = bytes.subarray(table === "gpt" ? GPT_TABLE_BYTES : SECTOR);
  const area = Buffer.concat([bytes.subarray(0, MBR_CODE_BYTES), gap]);
  return area.every((byte) => byte === 0) ? {} : { "boot area": sha256(area) };
}

async function rawContent(g: Guestfs, device: string, size: bigint, info: Info): Promise<BlockFields> {
  if (info.has("TYPE") || size > RAW_PARTITION_MAX) return {};
  const digest = await orUndefined(g.checksum_device({ csumtype: "sha256", device }));
  const blank = sha256(new Uint8Array(Number(size)));
  return digest === undefined || digest === blank ? {} : { content: digest };
}

function readFilesystem(
  device: string,
  info: Info,
  state: Map<string, BlockFields>,
  sizes: ReadonlyMap<string, string>,
): void {
  const type = info.get("TYPE");
  if (type === undefined || type === LVM_MEMBER) return;
  const size = sizes.get(device);
  state.set(keyOf("filesystem", device), {
    ...pick(info, { type: "TYPE", label: "LABEL", uuid: "UUID" }),
    ...(size === undefined ? {} : { size }),
  });
}

async function readLvm(g: Guestfs, state: Map<string, BlockFields>, sizes: ReadonlyMap<string, string>): Promise<void> {
  for (const pv of (await orUndefined(g.pvs_full())) ?? []) {
    state.set(keyOf("physical-volume", pv.pv_name), { uuid: pv.pv_uuid, size: String(pv.pv_size) });
  }
  for (const vg of (await orUndefined(g.vgs_full())) ?? []) {
    state.set(keyOf("volume-group", vg.vg_name), {
      uuid: vg.vg_uuid,
      size: String(vg.vg_size),
      "extent size": String(vg.vg_extent_size),
      tags: vg.vg_tags,
    });
  }
  for (const device of (await orUndefined(g.lvs())) ?? []) {
    const size = await orUndefined(g.blockdev_getsize64({ device }));
    state.set(keyOf("logical-volume", device), size === undefined ? {} : { size: String(size) });
    readFilesystem(device, await probe(g, device), state, sizes);
  }
}

type Info = ReadonlyMap<string, string>;

/** What blkid knows of a device; nothing where it fails. */
async function probe(g: Guestfs, device: string): Promise<Info> {
  return new Map((await orUndefined(g.blkid({ device }))) ?? []);
}

/** Sizes of mounted filesystems by device: what resize2fs changes, and no superblock field in blkid shows. */
async function mountedSizes(g: Guestfs): Promise<Map<string, string>> {
  const sizes = new Map<string, string>();
  for (const [device, path] of await g.mountpoints()) {
    const stat = await orUndefined(g.statvfs({ path }));
    if (stat !== undefined) sizes.set(device, String(stat.blocks * stat.frsize));
  }
  return sizes;
}

function pick(info: Info, names: Readonly<Record<string, string>>): BlockFields {
  const fields: Record<string, string> = {};
  for (const [name, key] of Object.entries(names)) {
    const value = info.get(key);
    if (value !== undefined && value !== "") fields[name] = value;
  }
  return fields;
}

function partitionName(disk: string, number: number): string {
  return /\d$/u.test(disk) ? `${disk}p${number}` : `${disk}${number}`;
}

/** A device that the daemon cannot read (blank, damaged, no LVM) is a fact that is missing, not a failure of the run. */
async function orUndefined<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof GuestfsError) return undefined;
    throw error;
  }
}
