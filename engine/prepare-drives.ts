/**
 * The files that drives need in a launch's temporary folder: overlays of read-only ones, blank disks, secrets. Starts no VM;
 * the folder is removed by launch.ts.
 */
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { AddDrive, PreparedDrive, ScratchDrive } from "./drive.ts";
import { LaunchError, messageOf } from "./errors.ts";
import { HostCommandError } from "./host-command.ts";
import { createOverlay } from "./overlay.ts";
import type { Environment } from "./settings.ts";

export type AddedDrive = AddDrive | ScratchDrive;

/** @throws LaunchError qemu-missing, drive-unusable */
export async function prepareDrives(
  drives: readonly AddedDrive[],
  tmpdir: string,
  env: Environment,
): Promise<readonly PreparedDrive[]> {
  const prepared: PreparedDrive[] = [];
  for (const [index, drive] of drives.entries()) {
    prepared.push("size" in drive ? await blankDisk(drive, tmpdir, index) : await prepare(drive, tmpdir, index, env));
  }
  return prepared;
}

async function blankDisk({ size, ...options }: ScratchDrive, tmpdir: string, index: number): Promise<PreparedDrive> {
  const filename = join(tmpdir, `blank${index}.img`);
  try {
    await writeFile(filename, "", { flag: "wx", mode: 0o600 });
    await truncate(filename, Number(size));
  } catch (cause) {
    const reason = messageOf(cause);
    throw new LaunchError("drive-unusable", `launch: add_drive_scratch: ${size} bytes: ${reason}`, { cause });
  }
  return { ...options, filename, format: "raw", cachemode: "unsafe" };
}

async function prepare(drive: AddDrive, tmpdir: string, index: number, env: Environment): Promise<PreparedDrive> {
  const { secret, ...source } = drive;
  const secretFile = secret === undefined ? undefined : join(tmpdir, `secret${index}`);
  if (secretFile !== undefined) await writeFile(secretFile, secret ?? "", { flag: "wx", mode: 0o600 });
  const prepared: PreparedDrive = { ...source, secretFile };
  return source.readonly === true ? await overlaid(prepared, join(tmpdir, `scratch${index}.qcow2`), env) : prepared;
}

/** A read-only drive becomes an overlay that is thrown away: filesystems must be able to replay their journals. */
async function overlaid(drive: PreparedDrive, path: string, env: Environment): Promise<PreparedDrive> {
  const { filename, format, backing, overlay, protocol, server, username, ...options } = drive;
  const source = { filename, format, backing, overlay, protocol, server, username };
  try {
    await createOverlay({ path, backing: source, env, secretFile: drive.secretFile });
  } catch (cause) {
    if (cause instanceof HostCommandError && cause.code === "missing") {
      throw new LaunchError("qemu-missing", `launch: ${cause.message}`, { cause });
    }
    throw new LaunchError("drive-unusable", `launch: ${filename}: ${messageOf(cause)}`, { cause });
  }
  return { ...options, filename: path, format: "qcow2", cachemode: "unsafe", backing: source };
}
