/** Whether and where a device is mounted, by device number: a logical volume has several names. btrfs hides its number. */
import { readFileSync, statSync } from "node:fs";

import { splitDev } from "./native/libc.ts";

export function isDeviceMounted(device: string): boolean {
  return mountsOfDevice(device).length > 0;
}

/** Appliance paths where a device is mounted, in the order of mounting. */
export function mountsOfDevice(device: string): readonly string[] {
  const { major, minor } = splitDev(statSync(device, { bigint: true }).rdev);
  return parseMountinfo(readFileSync("/proc/thread-self/mountinfo", "latin1"))
    .filter(({ number, source }) => number === `${major}:${minor}` || source === device)
    .map(({ place }) => place);
}

interface MountLine {
  /** MAJOR:MINOR. */
  readonly number: string;
  readonly place: string;
  readonly source: string;
}

/** `id parent MAJOR:MINOR root place options [tags...] - type source options`, see proc(5). Exported for tests. */
export function parseMountinfo(text: string): readonly MountLine[] {
  return text.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , number, , place] = before.split(" ");
    const [, source] = after.split(" ");
    if (number === undefined || place === undefined || source === undefined) return [];
    return [{ number, place: unescaped(place), source: unescaped(source) }];
  });
}

/** The kernel writes blank, tab, line feed and backslash as `\ooo`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
