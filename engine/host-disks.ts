/**
 * Disk images on the host as guestfs(3) has them: disk_create, disk_format, disk_virtual_size, disk_has_backing_file. Through
 * qemu-img with limits; no image is opened for a guest here (image-info.ts says what may be).
 */
import { access, open } from "node:fs/promises";
import { resolve } from "node:path";

import { errnoOf, HandleError } from "./errors.ts";
import { runHostCommand } from "./host-command.ts";
import { HEADER_LIMITS } from "./image-info.ts";
import type { WrittenFormat } from "./qemu-img.ts";
import type { Environment } from "./settings.ts";

/** Arguments of disk_create (guestfs(3); same names). */
export interface DiskCreate {
  /** File to create. It must not exist. */
  readonly filename: string;
  readonly format: WrittenFormat;
  /** In bytes; -1n with a backing file: its size. */
  readonly size: bigint;
  readonly backingfile?: string | undefined;
  /** Never guessed: needed with a backing file. */
  readonly backingformat?: WrittenFormat | undefined;
  /** raw: off, sparse (the same), full. qcow2: off, metadata, full. Default off. */
  readonly preallocation?: "off" | "sparse" | "metadata" | "full" | undefined;
  /** qcow2: what it can be read by. */
  readonly compat?: "0.10" | "1.1" | undefined;
  /** qcow2: bytes of a cluster, a power of two from 512 to 2 MiB. */
  readonly clustersize?: number | undefined;
}

/** @throws HandleError bad-argument; HostCommandError */
export async function diskCreate(create: DiskCreate, env: Environment): Promise<void> {
  const options = createOptions(create);
  const path = resolve(create.filename);
  await reserve(path, create.filename);
  const backing =
    create.backingfile === undefined ? [] : ["-F", create.backingformat ?? "", "-b", resolve(create.backingfile)];
  const size = create.size === -1n ? [] : [String(create.size)];
  await runHostCommand(
    [
      "qemu-img",
      "create",
      "-q",
      "-f",
      create.format,
      ...backing,
      ...(options.length === 0 ? [] : ["-o", options.join(",")]),
      `file:${path}`,
      ...size,
    ],
    // The whole of a large disk may be written.
    { env, timeoutMs: 6 * 3600 * 1000 },
  );
}

/** Format by the file's first bytes, as qemu names it: a raw disk's guest can make it look like any. @throws HostCommandError */
export async function diskFormat(filename: string, env: Environment): Promise<string> {
  return String(await imageField(filename, env, "format"));
}

/** Bytes that a guest sees. @throws HostCommandError */
export async function diskVirtualSize(filename: string, env: Environment): Promise<bigint> {
  return BigInt(Number(await imageField(filename, env, "virtual-size")));
}

/** @throws HostCommandError */
export async function diskHasBackingFile(filename: string, env: Environment): Promise<boolean> {
  return (await imageField(filename, env, "backing-filename")) !== undefined;
}

async function imageField(filename: string, env: Environment, name: string): Promise<unknown> {
  const argv = ["qemu-img", "info", "-U", "--output=json", `file:${resolve(filename)}`] as const;
  const { stdout } = await runHostCommand(argv, { ...HEADER_LIMITS, env });
  const info: unknown = JSON.parse(Buffer.from(stdout).toString("utf8"));
  return typeof info === "object" && info !== null ? Reflect.get(info, name) : undefined;
}

function createOptions(create: DiskCreate): string[] {
  const fail = (reason: string): never => {
    throw new HandleError("bad-argument", `disk_create: ${create.filename}: ${reason}`);
  };
  const { format, size, backingfile, backingformat, preallocation, compat, clustersize } = create;
  const isQcow2 = format === "qcow2";
  if (!isQcow2 && format !== "raw") fail(`format ${String(format)}: not raw or qcow2`);
  if (size < 0n && !(size === -1n && backingfile !== undefined)) fail(`size ${size}: less than 0`);
  if (backingfile !== undefined && !isQcow2) fail("backingfile: for qcow2 alone");
  if (backingfile !== undefined && backingformat === undefined) fail("backingformat: is needed with a backing file");
  if (!isQcow2 && (compat !== undefined || clustersize !== undefined)) fail("compat, clustersize: for qcow2 alone");
  if (clustersize !== undefined && !/^(?:1|10+)$/.test(clustersize.toString(2))) fail("clustersize: no power of two");
  const foreign = isQcow2 ? "sparse" : "metadata";
  if (preallocation === foreign) fail(`preallocation ${foreign}: not for ${format}`);
  return [
    ...(preallocation === undefined || preallocation === "sparse" ? [] : [`preallocation=${preallocation}`]),
    ...(compat === undefined ? [] : [`compat=${compat}`]),
    ...(clustersize === undefined ? [] : [`cluster_size=${clustersize}`]),
  ];
}

/** Makes the file, so that nothing that is there is lost: qemu-img would write over it. */
async function reserve(path: string, shown: string): Promise<void> {
  try {
    await (await open(path, "wx", 0o600)).close();
  } catch (cause) {
    const isThere = errnoOf(cause) === "EEXIST" && (await access(path).then(() => true));
    const reason = isThere ? "is there already" : `cannot be created: ${errnoOf(cause)}`;
    throw new HandleError("bad-argument", `disk_create: ${shown}: ${reason}`, { cause });
  }
}
