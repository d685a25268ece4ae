/** Whether disks have a layout already: blank, the same, or different in ways that are named. Pure. */
import { contentsOf, typeName, type LaidContent, type LaidDisk, type LaidPartition, type Layout } from "./layout.ts";
import type { At } from "./disk-error.ts";
import type { DiskState, DisksState } from "./observe.ts";
import { showBytes } from "./size.ts";

export interface Difference {
  readonly at: At;
  /** "/dev/sda2: 1 GiB on the disk, 512 MiB in the recipe" */
  readonly text: string;
}

export type Comparison =
  | { readonly kind: "blank" }
  | { readonly kind: "same" }
  | { readonly kind: "different"; readonly differences: readonly Difference[] };

/** Compares a layout with what is there. Blank means that none of its disks holds anything that can be recognised. */
export function compareLayout(layout: Layout, state: DisksState): Comparison {
  if (layout.disks.every(({ device }) => isBlank(device, state))) return { kind: "blank" };
  const differences = [
    ...layout.disks.flatMap((disk) => diskDifferences(disk, state)),
    ...groupDifferences(layout, state),
  ];
  // Contents are compared only where the places agree: in other places they say nothing.
  if (differences.length === 0) {
    differences.push(...contentsOf(layout).flatMap((content) => contentDifferences(content, state)));
  }
  return differences.length === 0 ? { kind: "same" } : { kind: "different", differences };
}

function isBlank(device: string, state: DisksState): boolean {
  const disk = state.disks.find((known) => known.device === device);
  if (disk === undefined || state.physicalVolumes.includes(device)) return false;
  return disk.partitions.length === 0 && disk.content === "";
}

function diskDifferences(disk: LaidDisk, state: DisksState): readonly Difference[] {
  const found = state.disks.find(({ device }) => device === disk.device);
  const there = found === undefined ? "nothing" : tableName(found);
  const wanted = disk.table === "gpt" ? "a GPT" : "an MBR";
  if (found === undefined || there !== wanted) return [differs([...disk.at, "table"], disk.device, there, wanted)];
  const surplus = found.partitions.filter(({ number }) => number > disk.partitions.length);
  return [
    ...disk.partitions.flatMap((partition) => partitionDifferences(partition, disk, found)),
    ...surplus.map(({ number, size }) =>
      differs([...disk.at, "partitions"], `${disk.device}${number}`, `a partition of ${showBytes(size)}`, "none"),
    ),
  ];
}

function partitionDifferences(partition: LaidPartition, disk: LaidDisk, found: DiskState): readonly Difference[] {
  const there = found.partitions.find(({ number }) => number === partition.number);
  const { at, device, spec } = partition;
  if (there === undefined) return [differs(at, device, "no partition", `one of ${showBytes(partition.size)}`)];
  const differences: Difference[] = [];
  const compare = (key: string, actual: string, wanted: string): void => {
    if (actual !== wanted) differences.push(differs([...at, key], device, actual, wanted));
  };
  if (there.size !== partition.size) compare("size", exactSize(there.size), exactSize(partition.size));
  else compare("size", `starts at ${there.start}`, `starts at ${partition.start}`);
  if (there.type !== partition.type) {
    differences.push(
      differs([...at, "type"], device, `type ${there.type}`, `type ${partition.type} (${typeName(spec)})`),
    );
  }
  if (spec.name !== undefined) compare("name", `name "${there.name ?? ""}"`, `name "${spec.name}"`);
  // On GPT the flag stands for a type (parted calls an EFI system partition bootable).
  if (disk.table === "mbr") compare("bootable", bootableWord(there.bootable), bootableWord(spec.bootable ?? false));
  return differences;
}

function groupDifferences(layout: Layout, state: DisksState): readonly Difference[] {
  return layout.groups.flatMap((group) => {
    const members = state.groups.get(group.name);
    if (members === undefined) return [differs([...group.at, "group"], group.name, "no such volume group", "one")];
    const differences: Difference[] = [];
    const [there, wanted] = [members.join(", "), group.devices.toSorted().join(", ")];
    if (there !== wanted) differences.push(differs([...group.at, "group"], group.name, `on ${there}`, `on ${wanted}`));
    for (const { at, device, size } of group.volumes) {
      const there = state.volumes.get(device);
      if (there === undefined) differences.push(differs(at, device, "no such volume", `one of ${showBytes(size)}`));
      else if (there !== size) differences.push(differs([...at, "size"], device, exactSize(there), exactSize(size)));
    }
    const known = new Set(group.volumes.map(({ device }) => device));
    for (const device of state.volumes.keys()) {
      if (device.startsWith(`/dev/${group.name}/`) && !known.has(device)) {
        differences.push(differs([...group.at, "volumes"], device, "a volume", "none"));
      }
    }
    return differences;
  });
}

function contentDifferences({ at, device, spec }: LaidContent, state: DisksState): readonly Difference[] {
  const there = state.contents.get(device);
  const wanted = spec.swap === true ? "swap" : (spec.filesystem ?? "");
  if (there?.type !== wanted) {
    return [differs([...at, spec.swap === true ? "swap" : "filesystem"], device, there?.type || "nothing", wanted)];
  }
  if (spec.label === undefined || there.label === spec.label) return [];
  return [differs([...at, "label"], device, `label "${there.label}"`, `label "${spec.label}"`)];
}

function differs(at: At, what: string, there: string, wanted: string): Difference {
  return { at, text: `${what}: ${there} on the disk, ${wanted} in the recipe` };
}

function tableName({ table, content }: DiskState): string {
  if (table === "gpt") return "a GPT";
  if (table === "msdos") return "an MBR";
  return table ?? (content === "" ? "no partition table" : content);
}

/** With the bytes, where rounding would make two sizes look alike. */
function exactSize(bytes: number): string {
  return bytes % (1 << 20) === 0 ? showBytes(bytes) : `${showBytes(bytes)} (${bytes} bytes)`;
}

function bootableWord(bootable: boolean): string {
  return bootable ? "bootable" : "not bootable";
}
