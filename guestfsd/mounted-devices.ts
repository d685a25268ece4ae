/** Whether a device is mounted, by device number: a logical volume has several names. */
import { readFileSync, statSync } from "node:fs";

import { splitDev } from "./native/libc.ts";

export function isDeviceMounted(device: string): boolean {
  const { major, minor } = splitDev(statSync(device, { bigint: true }).rdev);
  const number = `${major}:${minor}`;
  return readFileSync("/proc/thread-self/mountinfo", "latin1")
    .split("\n")
    .some((line) => line.split(" ")[2] === number);
}
