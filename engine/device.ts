/** Block devices of the host. Reads and writes none of their bytes. */
import { constants } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";

import { errnoOf } from "./errors.ts";
import { ImageError } from "./image-error.ts";

/** Bytes. stat gives 0 for a block device; sysfs has its size in units of 512 bytes, whatever its sectors. */
export async function deviceSize(path: string): Promise<bigint> {
  const { rdev } = await stat(path, { bigint: true });
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n);
  return BigInt((await readFile(`/sys/dev/block/${major}:${minor}/size`, "latin1")).trim()) * 512n;
}

/** @throws ImageError in-use when the device is mounted or part of another one; unreadable when it may not be written */
export async function checkDeviceFree(path: string): Promise<void> {
  try {
    await (await open(path, constants.O_RDWR | constants.O_EXCL)).close();
  } catch (cause) {
    if (errnoOf(cause) === "EBUSY")
      throw new ImageError("in-use", path, "is mounted or part of another device", { cause });
    throw new ImageError("unreadable", path, "cannot be written", { cause });
  }
}
