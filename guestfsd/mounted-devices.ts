/** Whether and where a device is mounted, by device number: a logical volume has several names. btrfs hides its number. */
import { existsSync, readFileSync, statSync } from "node:fs";

import { splitDev } from "./native/libc.ts";

export function isDeviceMounted(device: string): boolean {
  return mountsOfDevice(device).length > 0;
}

/** Appliance paths where a device is mounted, in the order of mounting. */
export function mountsOfDevice(device: string): readonly string[] {
  const { major, minor } = splitDev(statSync(device, { bigint: true }).rdev);
  return readMounts()
    .filter(({ number, source }) => number === `${major}:${minor}` || source === device)
    .map(({ place }) => place);
}

/** The kernel names a volume by its mapper node; the API by `/dev/VG/LV`. */
export function volumeName(device: string): string {
  const name = /^\/dev\/mapper\/(.+)$/.exec(device)?.[1];
  const [, group, volume] = /^((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(name ?? "") ?? [];
  if (group === undefined || volume === undefined) return device;
  const path = `/dev/${group.replaceAll("--", "-")}/${volume.replaceAll("--", "-")}`;
  return existsSync(path) ? path : device;
}

/** Something mounted. Text is bytes, one character each. */
export interface MountLine {
  /** MAJOR:MINOR. */
  readonly number: string;
  /** Path in the filesystem of what is mounted. */
  readonly prefix: string;
  readonly place: string;
  readonly type: string;
  readonly source: string;
}

/** Everything that is mounted in the appliance, in the order of mounting. */
export function readMounts(): readonly MountLine[] {
  return parseMountinfo(readFileSync("/proc/thread-self/mountinfo", "latin1"));
}

/** `id parent MAJOR:MINOR root place options [tags...] - type source options`, see proc(5). Exported for tests. */
export function parseMountinfo(text: string): readonly MountLine[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , number, prefix, place] = before.split(" ");
    const [type, source] = after.split(" ");
    if (number === undefined || prefix === undefined || place === undefined) return [];
    if (type === undefined || source === undefined) return [];
    return [{ number, prefix: unescaped(prefix), place: unescaped(place), type, source: unescaped(source) }];
  });
}

/** The kernel writes blank, tab, line feed and backslash as `\ooo`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
