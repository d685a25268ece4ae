/**
 * From `disks:` and the sizes of the disks to exact places: partitions in sectors, logical volumes in extents, devices,
 * mounts. Pure. Everything is aligned to 1 MiB; LVM's data starts 1 MiB into a physical volume, extents are 4 MiB.
 */
import { DiskError, type At } from "./disk-error.ts";
import { partitionType } from "./partition-type.ts";
import type { Content, Disk, Disks, Partition, Volume } from "./schema.ts";
import { divide, parseBytes, parseSize, showBytes, type Share } from "./size.ts";

export const SECTOR = 512;
export const MIB = 1 << 20;
/** LVM's default extent size. Bytes. */
export const EXTENT = 4 * MIB;
/** Where LVM's data starts in a physical volume. Bytes. */
const PV_START = MIB;
/** GPT keeps a copy of the table in the last 33 sectors. */
const GPT_TAIL = 33 * SECTOR;
/** MBR counts sectors in 32 bits. */
const MBR_END = 2 ** 32 * SECTOR;

export interface LaidPartition {
  readonly at: At;
  /** From 1. */
  readonly number: number;
  /** /dev/sda1 */
  readonly device: string;
  /** Bytes from the start of the disk. */
  readonly start: number;
  readonly size: number;
  /** GPT: GUID in upper case. MBR: id as two hex digits. */
  readonly type: string;
  readonly spec: Partition;
}

export interface LaidDisk {
  readonly at: At;
  readonly device: string;
  readonly table: "gpt" | "mbr";
  readonly partitions: readonly LaidPartition[];
}

export interface LaidVolume {
  readonly at: At;
  readonly name: string;
  /** /dev/GROUP/NAME */
  readonly device: string;
  /** Bytes, whole extents. */
  readonly size: number;
  readonly rest: boolean;
  readonly spec: Volume;
}

export interface LaidGroup {
  readonly at: At;
  readonly name: string;
  /** Devices of its physical volumes. */
  readonly devices: readonly string[];
  readonly volumes: readonly LaidVolume[];
}

/** A partition or volume that gets a filesystem or swap space. */
export interface LaidContent {
  readonly at: At;
  readonly device: string;
  readonly spec: Content;
}

export interface Layout {
  readonly disks: readonly LaidDisk[];
  readonly groups: readonly LaidGroup[];
}

/**
 * Lays out the disks.
 *
 * @param devices device and size in bytes of each disk, in order
 * @throws DiskError where something does not fit
 */
export function layOut(disks: Disks, devices: readonly { readonly device: string; readonly size: number }[]): Layout {
  const laid = disks.map((disk, i): LaidDisk => {
    const found = devices[i];
    if (found === undefined) throw new DiskError([i], `there is no disk ${i + 1}, only ${devices.length}`);
    return layOutDisk(disk, found.device, found.size, [i]);
  });
  return { disks: laid, groups: layOutGroups(laid) };
}

/** Everything that gets a filesystem or swap space, in the order of the recipe. */
export function contentsOf(layout: Layout): readonly LaidContent[] {
  return [
    ...layout.disks.flatMap((disk) => disk.partitions),
    ...layout.groups.flatMap((group) => group.volumes),
  ].filter(({ spec }) => spec.filesystem !== undefined || spec.swap === true);
}

/** What is mounted, parents first. */
export function mountsOf(
  layout: Layout,
): readonly { readonly device: string; readonly mount: string; readonly spec: Content }[] {
  return contentsOf(layout)
    .flatMap(({ device, spec }) => (spec.mount === undefined ? [] : [{ device, mount: spec.mount, spec }]))
    .toSorted((a, b) => depth(a.mount) - depth(b.mount) || (a.mount < b.mount ? -1 : 1));
}

/** `/dev/sda` and so on: the name of the n-th disk, from 0. */
export function diskName(index: number): string {
  let letters = "";
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) {
    letters = String.fromCharCode(97 + ((n - 1) % 26)) + letters;
  }
  return `/dev/sd${letters}`;
}

/** Device of each tag. */
export function deviceTags(disks: Disks): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  const put = (tag: string | undefined, device: string): void => {
    if (tag !== undefined) tags[tag] = device;
  };
  for (const [i, disk] of disks.entries()) {
    put(disk.tag, diskName(i));
    for (const [j, partition] of disk.partitions.entries()) {
      put(partition.tag, `${diskName(i)}${j + 1}`);
      const { group = "", volumes = [] } = partition.lvm ?? {};
      for (const volume of volumes) put(volume.tag, `/dev/${group}/${volume.name}`);
    }
  }
  return tags;
}

function layOutDisk(disk: Disk, device: string, size: number, at: At): LaidDisk {
  if (disk.size !== undefined && size < parseBytes(disk.size)) {
    const wanted = showBytes(parseBytes(disk.size));
    throw new DiskError([...at, "size"], `${device} has ${showBytes(size)}, the layout wants ${wanted}`);
  }
  const end = disk.table === "gpt" ? size - GPT_TAIL : Math.min(size, MBR_END);
  const space = Math.max(0, Math.floor(end / MIB) * MIB - MIB);
  const sizes = divide(disk.partitions.map(shareOf), space, MIB);
  if ("reason" in sizes) {
    const where = `${device} of ${showBytes(size)} is too small: partition ${sizes.index + 1}`;
    throw new DiskError([...at, "partitions", sizes.index, "size"], `${where} ${sizes.reason}`);
  }
  let start = MIB;
  const partitions = disk.partitions.map((spec, i): LaidPartition => {
    const size = sizes[i] ?? 0;
    const place = { start, size };
    start += size;
    return {
      at: [...at, "partitions", i],
      number: i + 1,
      device: `${device}${i + 1}`,
      ...place,
      type: typeCode(spec, disk.table),
      spec,
    };
  });
  return { at, device, table: disk.table, partitions };
}

function layOutGroups(disks: readonly LaidDisk[]): readonly LaidGroup[] {
  const members = new Map<string, LaidPartition[]>();
  for (const partition of disks.flatMap((disk) => disk.partitions)) {
    const group = partition.spec.lvm?.group;
    if (group !== undefined) members.set(group, [...(members.get(group) ?? []), partition]);
  }
  return [...members].map(([name, partitions]): LaidGroup => {
    const owner = partitions.find((partition) => partition.spec.lvm?.volumes !== undefined) ?? partitions[0];
    const at: At = [...(owner?.at ?? []), "lvm"];
    const volumes = owner?.spec.lvm?.volumes ?? [];
    const extents = partitions.reduce((sum, { size }) => sum + Math.floor(Math.max(0, size - PV_START) / EXTENT), 0);
    const sizes = divide(volumes.map(shareOf), extents * EXTENT, EXTENT);
    if ("reason" in sizes) {
      const volume = volumes[sizes.index]?.name ?? "";
      const where = `group ${name} of ${showBytes(extents * EXTENT)} is too small: volume ${volume}`;
      throw new DiskError([...at, "volumes", sizes.index, "size"], `${where} ${sizes.reason}`);
    }
    return {
      at,
      name,
      devices: partitions.map(({ device }) => device),
      volumes: volumes.map((spec, i) => ({
        at: [...at, "volumes", i],
        name: spec.name,
        device: `/dev/${name}/${spec.name}`,
        size: sizes[i] ?? 0,
        rest: spec.size === "rest" && spec.max === undefined,
        spec,
      })),
    };
  });
}

function shareOf(spec: Partition | Volume): Share {
  return {
    size: parseSize(spec.size),
    min: spec.min === undefined ? undefined : parseBytes(spec.min),
    max: spec.max === undefined ? undefined : parseBytes(spec.max),
  };
}

/** The type of a partition: the one that is given, else what its content needs. */
export function typeName(spec: Partition): string {
  if (spec.type !== undefined) return spec.type;
  if (spec.lvm !== undefined) return "lvm";
  if (spec.swap === true) return "swap";
  return spec.mount === "/boot/efi" || spec.mount === "/efi" ? "esp" : "linux";
}

function typeCode(spec: Partition, table: "gpt" | "mbr"): string {
  const { guid, id } = partitionType(typeName(spec));
  return table === "gpt" ? (guid ?? "") : (id ?? 0x83).toString(16).padStart(2, "0");
}

function depth(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}
