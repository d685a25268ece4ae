/** The actions that make a layout, and those that mount it. Pure. */
import { call, type PlannedAction } from "../../schemas/index.ts";
import { DiskError } from "./disk-error.ts";
import type { DisksState } from "./observe.ts";
import {
  SECTOR,
  contentsOf,
  mountsOf,
  type LaidContent,
  type LaidDisk,
  type LaidGroup,
  type Layout,
} from "./layout.ts";

const MIB = 1 << 20;

/** Everything from the partition tables to the filesystems. */
export function makeActions(layout: Layout): readonly PlannedAction[] {
  return [
    ...layout.disks.flatMap(partitionActions),
    ...layout.groups.flatMap(groupActions),
    ...contentsOf(layout).flatMap(contentActions),
  ];
}

/**
 * Takes apart what is on disks that are to be laid out anew: mounts, volume groups, physical volumes. The tables are
 * overwritten anyway.
 *
 * @throws DiskError when a volume group is on another disk too
 */
export function clearActions(layout: Layout, state: DisksState): readonly PlannedAction[] {
  const onLayout = (device: string): boolean =>
    layout.disks.some(
      (disk) =>
        device === disk.device || (/^[0-9]+$/.test(device.slice(disk.device.length)) && device.startsWith(disk.device)),
    );
  const groups = [...state.groups].filter(([, devices]) => devices.some(onLayout));
  for (const [name, devices] of groups) {
    const other = devices.find((device) => !onLayout(device));
    if (other !== undefined) throw new DiskError([], `volume group ${name} is also on ${other}: remove it there first`);
  }
  return [
    call("umount_all", {}),
    ...groups.map(([name]) => call("vgremove", { vgname: name })),
    ...state.physicalVolumes.filter(onLayout).map((device) => call("pvremove", { device })),
  ];
}

/**
 * Mounts the layout's filesystems, the root first, and makes mount points where they are missing.
 *
 * @param mounted device by mount point, now: what is right stays; anything else is unmounted first
 */
export function mountActions(layout: Layout, mounted: ReadonlyMap<string, string>): readonly PlannedAction[] {
  const wanted = mountsOf(layout);
  const foreign = [...mounted].some(
    ([place, device]) => !wanted.some((one) => one.mount === place && one.device === device),
  );
  const kept = foreign ? new Map<string, string>() : mounted;
  return [
    ...(foreign ? [call("umount_all", {})] : []),
    ...wanted
      .filter(({ mount }) => !kept.has(mount))
      .flatMap(({ device, mount }) => [
        ...(mount === "/" ? [] : [call("mkdir_p", { path: mount })]),
        call("mount", { mountable: device, mountpoint: mount }),
      ]),
  ];
}

function partitionActions(disk: LaidDisk): readonly PlannedAction[] {
  const { device, table } = disk;
  const planned = [call("part_init", { device, parttype: table })];
  for (const { number, start, size, type, spec } of disk.partitions) {
    const at = { device, partnum: number };
    const startsect = BigInt(start / SECTOR);
    planned.push(call("part_add", { device, prlogex: "p", startsect, endsect: BigInt((start + size) / SECTOR) - 1n }));
    planned.push(
      table === "gpt"
        ? call("part_set_gpt_type", { ...at, guid: type })
        : call("part_set_mbr_id", { ...at, idbyte: Number.parseInt(type, 16) }),
    );
    if (spec.name !== undefined) planned.push(call("part_set_name", { ...at, name: spec.name }));
    if (spec.bootable === true) planned.push(call("part_set_bootable", { ...at, bootable: true }));
  }
  return planned;
}

function groupActions({ name, devices, volumes }: LaidGroup): readonly PlannedAction[] {
  // The one that gets the rest comes last: the others have their sizes by then.
  const ordered = [...volumes.filter(({ rest }) => !rest), ...volumes.filter(({ rest }) => rest)];
  return [
    ...devices.map((device) => call("pvcreate", { device })),
    call("vgcreate", { volgroup: name, physvols: devices }),
    ...ordered.map((volume) =>
      volume.rest
        ? call("lvcreate_free", { logvol: volume.name, volgroup: name, percent: 100 })
        : call("lvcreate", { logvol: volume.name, volgroup: name, mbytes: volume.size / MIB }),
    ),
  ];
}

function contentActions({ device, spec }: LaidContent): readonly PlannedAction[] {
  const label = spec.label === undefined ? {} : { label: spec.label };
  if (spec.swap === true) return [call("mkswap", { device, ...label })];
  return spec.filesystem === undefined ? [] : [call("mkfs", { fstype: spec.filesystem, device, ...label })];
}
