/** Files that do not compress, to be moved about. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

import { work } from "./places.ts";

const MiB = 1024 * 1024;

/** A file of random megabytes; made once. @returns its path */
export function randomFile(megabytes: number): string {
  const file = join(work, `random-${megabytes}`);
  const bytes = megabytes * (megabytes === 1024 ? MiB : 1_000_000);
  if (existsSync(file) && statSync(file).size === bytes) return file;
  const fd = openSync(file, "w");
  for (let left = bytes; left > 0; left -= MiB) writeSync(fd, randomBytes(Math.min(left, MiB)));
  closeSync(fd);
  return file;
}
