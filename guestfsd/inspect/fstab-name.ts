/**
 * What a name in the first column of a guest's fstab means. The guest counted its disks under its own kernel: `/dev/vdb1`,
 * `/dev/da1p1` and `/dev/wd1a` are all on its second disk. Pure; devices are looked up by fstab-device.ts.
 */
import type { SystemType } from "./system.ts";

export type FstabName =
  /** libblkid's name of the value: UUID, LABEL, PART_ENTRY_UUID, PART_ENTRY_NAME. */
  | { readonly kind: "tag"; readonly tag: string; readonly value: string }
  /** A disk by its letter, as the API has it too. */
  | { readonly kind: "lettered"; readonly name: string }
  /** Disk from 0; partition from 1, 0 for the disk itself. */
  | { readonly kind: "place"; readonly disk: number; readonly partition: number }
  /** A partition of a disk that cannot be told: the name has the disk's maker in it. */
  | { readonly kind: "partition"; readonly partition: number }
  /** `0` or `home`, of /dev/md0 and /dev/md/home. */
  | { readonly kind: "md"; readonly name: string }
  | { readonly kind: "mapper"; readonly name: string }
  /** Any other name below /dev. */
  | { readonly kind: "path"; readonly path: string };

const TAGS: Readonly<Record<string, string>> = {
  uuid: "UUID",
  label: "LABEL",
  partuuid: "PART_ENTRY_UUID",
  partlabel: "PART_ENTRY_NAME",
};

type Rule = readonly [
  pattern: RegExp,
  name: (match: readonly (string | undefined)[]) => FstabName | undefined,
  /** Systems that have such names; every one when left out. */
  systems?: readonly SystemType[],
];

/** The first that fits counts. */
const RULES: readonly Rule[] = [
  [/^(UUID|LABEL|PARTUUID|PARTLABEL)=(.+)$/i, ([, tag, value]) => tagged(tag, value)],
  [/^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.+)$/, ([, tag, value]) => tagged(tag, unescapeUdev(value))],
  [/^\/dev\/disk\/by-(?:id|path)\/.+-part(\d+)$/, ([, part]) => ({ kind: "partition", partition: number(part) })],
  [/^\/dev\/mapper\/(.+)$/, ([, name = ""]) => ({ kind: "mapper", name })],
  [/^\/dev\/md\/(.+)$/, ([, name = ""]) => ({ kind: "md", name })],
  [/^\/dev\/md(\d+)$/, ([, name = ""]) => ({ kind: "md", name })],

  [/^\/dev\/(?:ufs|ufsid|msdosfs|ext2fs)\/(.+)$/, ([, value]) => tagged("label", value), ["freebsd"]],
  [/^\/dev\/gpt\/(.+)$/, ([, value]) => tagged("partlabel", value), ["freebsd"]],
  [/^\/dev\/(?:ad|ada|da|vtbd|nvd|nda)(\d+)p(\d+)$/, ([, disk, part]) => place(disk, number(part)), ["freebsd"]],
  [
    /^\/dev\/(?:ad|ada|da|vtbd|nvd|nda)(\d+)s\d+([a-h])$/,
    ([, disk, letter]) => place(disk, bsdPartition(letter, "c")),
    ["freebsd"],
  ],
  [/^\/dev\/(?:ld|sd|wd|dk)(\d+)([a-p])$/, ([, disk, letter]) => place(disk, bsdPartition(letter, "cd")), ["netbsd"]],
  [/^\/dev\/(?:sd|wd)(\d+)([a-p])$/, ([, disk, letter]) => place(disk, bsdPartition(letter, "c")), ["openbsd"]],
  // A disk by the number that disklabel(8) gave it, which only OpenBSD finds again.
  [/^[0-9a-f]{16}\.([a-p])$/, ([, letter]) => place("0", bsdPartition(letter, "c")), ["openbsd"]],
  [/^\/dev\/[hsw]d(\d+)s(\d+)$/, ([, disk, part]) => place(disk, number(part)), ["hurd"]],
  [/^\/dev\/c\d+d(\d+)p(\d+)$/, ([, disk, part]) => place(disk, number(part) + 1), ["minix"]],
  [/^\/dev\/c\d+d(\d+)p\d+s(\d+)$/, ([, disk, part]) => place(disk, number(part) + 5), ["minix"]],

  [/^\/dev\/(?:xv|[hsv])d[a-z]+\d*$/, ([name = ""]) => ({ kind: "lettered", name })],
  [/^\/dev\/nvme(\d+)n1(?:p(\d+))?$/, ([, disk, part]) => place(disk, number(part))],
  [/^\/dev\/mmcblk(\d+)(?:p(\d+))?$/, ([, disk, part]) => place(disk, number(part))],
  [/^\/dev\/(?:cciss|ida|rd)\/c\d+d(\d+)(?:p(\d+))?$/, ([, disk, part]) => place(disk, number(part))],
  [/^\/dev\/.+$/, ([path = ""]) => ({ kind: "path", path })],
];

/** @returns undefined for what is on no disk of the guest: tmpfs, server:/path, ... */
export function fstabName(spec: string, system: SystemType): FstabName | undefined {
  for (const [pattern, name, systems] of RULES) {
    if (systems !== undefined && !systems.includes(system)) continue;
    const match = pattern.exec(spec);
    if (match !== null) return name(match);
  }
  return undefined;
}

function tagged(tag = "", value = ""): FstabName | undefined {
  const name = TAGS[tag.toLowerCase()];
  return name === undefined || value === "" ? undefined : { kind: "tag", tag: name, value };
}

function place(disk: string | undefined, partition: number): FstabName {
  return { kind: "place", disk: Number(disk), partition };
}

const number = (digits: string | undefined): number => Number(digits ?? "");

/** Linux counts the partitions of a BSD label from 5, without those that stand for the whole (`skipped`). */
function bsdPartition(letter = "a", skipped: string): number {
  const before = Array.from("abcdefghijklmnop").filter((one) => one < letter && !skipped.includes(one));
  return 5 + before.length;
}

/** udev writes unusual characters of labels as `\x20`. */
function unescapeUdev(name = ""): string {
  return name.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
