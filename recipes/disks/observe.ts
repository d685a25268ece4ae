/** What is on the disks now, as far as a layout can say something about it. Only reads. */
import type { Guestfs } from "../../schemas/index.ts";

export interface DiskState {
  readonly device: string;
  /** Bytes. */
  readonly size: number;
  /** "gpt", "msdos", ...; undefined without a partition table. */
  readonly table: string | undefined;
  /** What blkid finds on the whole disk; "" for nothing. */
  readonly content: string;
  readonly partitions: readonly PartitionState[];
}

export interface PartitionState {
  readonly number: number;
  /** Bytes. */
  readonly start: number;
  /** Bytes. */
  readonly size: number;
  /** GPT: GUID in upper case; MBR: id as two hex digits. */
  readonly type: string;
  readonly name: string | undefined;
  readonly bootable: boolean;
}

export interface FilesystemState {
  /** "ext4", "swap", ...; "" for nothing known. */
  readonly type: string;
  readonly label: string;
}

export interface DisksState {
  readonly disks: readonly DiskState[];
  /** By device: partitions and logical volumes. */
  readonly contents: ReadonlyMap<string, FilesystemState>;
  /** Devices of the physical volumes. */
  readonly physicalVolumes: readonly string[];
  /** Devices of each volume group's physical volumes; "a missing disk" for one that is not attached. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Bytes, by /dev/GROUP/NAME. */
  readonly volumes: ReadonlyMap<string, number>;
  /** Device by mount point. */
  readonly mounted: ReadonlyMap<string, string>;
}

/** Sizes of the first `count` disks. */
export async function observeSizes(g: Guestfs, count: number): Promise<readonly { device: string; size: number }[]> {
  const devices = (await g.list_devices()).slice(0, count);
  const sizes = [];
  for (const device of devices) sizes.push({ device, size: Number(await g.blockdev_getsize64({ device })) });
  return sizes;
}

export async function observeDisks(
  g: Guestfs,
  devices: readonly { readonly device: string; readonly size: number }[],
): Promise<DisksState> {
  const disks: DiskState[] = [];
  for (const { device, size } of devices) disks.push(await observeDisk(g, device, size));
  const volumes = await observeVolumes(g);
  const inside = [
    ...disks.flatMap((disk) => disk.partitions.map(({ number }) => `${disk.device}${number}`)),
    ...volumes.keys(),
  ];
  const contents = new Map<string, FilesystemState>();
  for (const device of inside) contents.set(device, await observeContent(g, device));
  const physicalVolumes = await g.pvs();
  return {
    disks,
    contents,
    physicalVolumes,
    groups: await observeGroups(g, physicalVolumes),
    volumes,
    mounted: new Map((await g.mountpoints()).map(([device, place]) => [place, device])),
  };
}

async function observeDisk(g: Guestfs, device: string, size: number): Promise<DiskState> {
  const table = await tableOf(g, device);
  const content = await g.vfs_type({ mountable: device });
  if (table === undefined) return { device, size, table, content, partitions: [] };
  const partitions: PartitionState[] = [];
  for (const found of await g.part_list({ device })) {
    const number = found.part_num;
    const at = { device, partnum: number };
    partitions.push({
      number,
      start: Number(found.part_start),
      size: Number(found.part_size),
      type:
        table === "gpt"
          ? (await g.part_get_gpt_type(at)).toUpperCase()
          : (await g.part_get_mbr_id(at)).toString(16).padStart(2, "0"),
      name: table === "gpt" ? await g.part_get_name(at) : undefined,
      bootable: await g.part_get_bootable(at),
    });
  }
  return { device, size, table, content, partitions };
}

/** The kind of partition table; a disk without one makes the action fail. */
async function tableOf(g: Guestfs, device: string): Promise<string | undefined> {
  try {
    const table = await g.part_get_parttype({ device });
    return table === "loop" || table === "unknown" ? undefined : table;
  } catch {
    return undefined;
  }
}

async function observeContent(g: Guestfs, device: string): Promise<FilesystemState> {
  const type = await g.vfs_type({ mountable: device });
  return { type, label: type === "" ? "" : await g.vfs_label({ mountable: device }) };
}

async function observeGroups(g: Guestfs, physicalVolumes: readonly string[]): Promise<DisksState["groups"]> {
  const deviceByUuid = new Map<string, string>();
  for (const device of physicalVolumes) deviceByUuid.set(await g.pvuuid({ device }), device);
  const groups = new Map<string, readonly string[]>();
  for (const vgname of await g.vgs()) {
    const uuids = await g.vgpvuuids({ vgname });
    groups.set(vgname, uuids.map((uuid) => deviceByUuid.get(uuid) ?? "a missing disk").toSorted());
  }
  return groups;
}

async function observeVolumes(g: Guestfs): Promise<ReadonlyMap<string, number>> {
  const volumes = new Map<string, number>();
  for (const device of await g.lvs()) volumes.set(device, Number(await g.blockdev_getsize64({ device })));
  return volumes;
}
