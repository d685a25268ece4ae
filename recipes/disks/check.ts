/** Mistakes in `disks:` that its schema cannot express. Pure; knows no real disk. */
import type { ArgProblem } from "../../schemas/index.ts";
import { DiskError, type At } from "./disk-error.ts";
import { diskName, layOut, typeName } from "./layout.ts";
import { partitionType } from "./partition-type.ts";
import type { Content, Disk, Disks, Partition, Volume } from "./schema.ts";
import { parseBytes, parseSize } from "./size.ts";

const MBR_PARTITIONS = 4;

/** Everything that is wrong with a layout the schema accepted. */
export function checkDisks(disks: Disks): readonly ArgProblem[] {
  const problems = [...disks.flatMap((disk, i) => checkDisk(disk, [i])), ...checkGroups(disks), ...checkUnique(disks)];
  return problems.length > 0 ? problems : checkSpace(disks);
}

function checkDisk(disk: Disk, at: At): readonly ArgProblem[] {
  const { partitions, table } = disk;
  const few = table === "mbr" && partitions.length > MBR_PARTITIONS;
  return [
    ...(few
      ? [problem([...at, "partitions", MBR_PARTITIONS], "an MBR has room for four partitions", "Use `table: gpt`.")]
      : []),
    ...checkShares(partitions, [...at, "partitions"]),
    ...partitions.flatMap((spec, i) => checkPartition(spec, table, [...at, "partitions", i])),
  ];
}

function checkPartition(spec: Partition, table: Disk["table"], at: At): readonly ArgProblem[] {
  const { guid, id } = partitionType(typeName(spec));
  const unfit = table === "gpt" ? guid === undefined : id === undefined;
  const kinds = [spec.filesystem !== undefined, spec.swap === true, spec.lvm !== undefined].filter(Boolean).length;
  return [
    ...(unfit ? [problem([...at, "type"], `the type ${typeName(spec)} does not exist in a ${table} table`)] : []),
    ...(table === "mbr" && spec.name !== undefined ? [problem([...at, "name"], "only GPT partitions have names")] : []),
    ...(kinds > 1 ? [problem(at, "`filesystem`, `swap` and `lvm` exclude each other")] : []),
    ...checkContent(spec, at),
    ...(spec.lvm?.volumes === undefined
      ? []
      : [
          ...checkShares(spec.lvm.volumes, [...at, "lvm", "volumes"]),
          ...spec.lvm.volumes.flatMap((volume, i) => checkVolume(volume, [...at, "lvm", "volumes", i])),
        ]),
  ];
}

function checkVolume(spec: Volume, at: At): readonly ArgProblem[] {
  return [
    ...(spec.filesystem !== undefined && spec.swap === true
      ? [problem(at, "`filesystem` and `swap` exclude each other")]
      : []),
    ...checkContent(spec, at),
  ];
}

function checkContent(spec: Content, at: At): readonly ArgProblem[] {
  const has = spec.filesystem !== undefined || spec.swap === true;
  return [
    ...(spec.mount !== undefined && spec.filesystem === undefined
      ? [problem([...at, "mount"], "there is no `filesystem` to mount")]
      : []),
    ...(spec.label !== undefined && !has
      ? [problem([...at, "label"], "there is no `filesystem` or `swap` to label")]
      : []),
    ...(spec.options !== undefined && !has ? [problem([...at, "options"], "there is nothing to mount")] : []),
    ...labelProblems(spec, at),
  ];
}

function labelProblems(spec: Content, at: At): readonly ArgProblem[] {
  const longest: Readonly<Record<string, number>> = { xfs: 12, vfat: 11 };
  const most = longest[spec.filesystem ?? ""];
  if (spec.label === undefined || most === undefined || spec.label.length <= most) return [];
  return [problem([...at, "label"], `a label of ${spec.filesystem ?? ""} has at most ${most} characters`)];
}

function checkShares(specs: readonly (Partition | Volume)[], at: At): readonly ArgProblem[] {
  const rests = specs.flatMap((spec, i) => (spec.size === "rest" ? [i] : []));
  return [
    ...rests.slice(1).map((i) => problem([...at, i, "size"], "only one can have the rest")),
    ...specs.flatMap((spec, i) => {
      const size = parseSize(spec.size);
      if (size.kind === "percent" && (size.percent > 100 || size.percent <= 0)) {
        return [problem([...at, i, "size"], "a percentage is more than 0 and at most 100")];
      }
      if (size.kind === "bytes" && spec.max !== undefined) {
        return [problem([...at, i, "max"], "`max` is for a percentage or the rest")];
      }
      const upsideDown =
        spec.min !== undefined && spec.max !== undefined && parseBytes(spec.min) > parseBytes(spec.max);
      return upsideDown ? [problem([...at, i, "min"], "`min` is more than `max`")] : [];
    }),
  ];
}

function checkGroups(disks: Disks): readonly ArgProblem[] {
  const owners = new Map<string, At | undefined>();
  const problems: ArgProblem[] = [];
  for (const { lvm, at } of lvmParts(disks)) {
    const known = owners.get(lvm.group);
    if (lvm.volumes === undefined) owners.set(lvm.group, known);
    else if (known === undefined) owners.set(lvm.group, at);
    else problems.push(problem([...at, "volumes"], `the volumes of ${lvm.group} are given twice`));
    const names = lvm.volumes?.map(({ name }) => name) ?? [];
    for (const [i, name] of names.entries()) {
      const place = [...at, "volumes", i, "name"];
      if (names.indexOf(name) < i) problems.push(problem(place, `${lvm.group} has a volume ${name} already`));
      if (name === "." || name === "..") problems.push(problem(place, "this is no name for a volume"));
    }
  }
  for (const { lvm, at } of lvmParts(disks)) {
    if (owners.get(lvm.group) !== undefined) continue;
    owners.set(lvm.group, at);
    problems.push(problem([...at, "group"], `${lvm.group} has no volumes`));
  }
  return problems;
}

function lvmParts(disks: Disks) {
  return disks.flatMap((disk, i) =>
    disk.partitions.flatMap(({ lvm }, j) => (lvm === undefined ? [] : [{ lvm, at: [i, "partitions", j, "lvm"] }])),
  );
}

/** Tags and mount points, each of which may occur once. */
function checkUnique(disks: Disks): readonly ArgProblem[] {
  const places: { readonly kind: string; readonly value: string; readonly at: At }[] = [];
  const put = (kind: string, value: string | undefined, at: At): void => {
    if (value !== undefined) places.push({ kind, value, at: [...at, kind] });
  };
  for (const [i, disk] of disks.entries()) {
    put("tag", disk.tag, [i]);
    for (const [j, partition] of disk.partitions.entries()) {
      const at: At = [i, "partitions", j];
      put("tag", partition.tag, at);
      put("mount", partition.mount, at);
      for (const [k, volume] of (partition.lvm?.volumes ?? []).entries()) {
        put("tag", volume.tag, [...at, "lvm", "volumes", k]);
        put("mount", volume.mount, [...at, "lvm", "volumes", k]);
      }
    }
  }
  return places
    .filter(({ kind, value }, i) => places.findIndex((other) => other.kind === kind && other.value === value) < i)
    .map(({ kind, value, at }) => problem(at, `the ${kind} ${value} is there already`));
}

/** Whether everything fits, where the recipe says how large the disks are. */
function checkSpace(disks: Disks): readonly ArgProblem[] {
  const devices = disks.flatMap(({ size }, i) =>
    size === undefined ? [] : [{ device: diskName(i), size: parseBytes(size) }],
  );
  if (devices.length < disks.length) return [];
  try {
    layOut(disks, devices);
    return [];
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return [problem(error.at, error.message.replace(/^disks: /, ""))];
  }
}

function problem(at: At, summary: string, detail?: string): ArgProblem {
  return detail === undefined ? { at, summary } : { at, summary, detail };
}
