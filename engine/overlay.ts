/**
 * New overlays, mode 0600, for they may hold secrets. Two kinds: createOverlay() is over what a guest sees of an image;
 * createByteOverlay() is over the bytes of the image's file, whatever their format, so that its content is exactly what a
 * commit has to write into that file. Does not commit or delete overlays.
 */
import { open, unlink } from "node:fs/promises";
import { resolve } from "node:path";

import { blockNode, type DriveSource } from "./drive.ts";
import { runHostCommand } from "./host-command.ts";
import { HEADER_LIMITS } from "./image-info.ts";
import type { Environment } from "./settings.ts";

export interface OverlayOptions {
  /** File to create; it must not exist. */
  readonly path: string;
  /** Image underneath; probed before, format named. */
  readonly backing: DriveSource;
  /** File with the secret of an image that another machine serves. */
  readonly secretFile?: string | undefined;
  readonly env: Environment;
  /** Bytes; default: the size of what is underneath. */
  readonly sizeBytes?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws HostCommandError; the system error when the file cannot be created */
export async function createOverlay(options: OverlayOptions): Promise<void> {
  const { backing, secretFile } = options;
  const size = options.sizeBytes === undefined ? [] : [String(options.sizeBytes)];
  const secret = secretFile === undefined ? undefined : "secret";
  const object = { "qom-type": "secret", id: secret, file: secretFile };
  // A name alone would have qemu-img open what the image's header names.
  const isPlain = backing.protocol === undefined && backing.format === "raw";
  const name = isPlain ? resolve(backing.filename) : `json:${JSON.stringify(blockNode(backing, secret))}`;
  await create(
    options,
    [...(secret === undefined ? [] : ["--object", JSON.stringify(object)]), "-F", backing.format, "-b", name],
    size,
  );
  if (backing.overlay !== undefined) await forgetBacking(options);
}

/**
 * qemu takes the name in the header for the raw file of what is underneath, where that is an overlay over bytes itself. The user says
 * it all, so the header need not.
 */
async function forgetBacking({ path, env, signal }: OverlayOptions): Promise<void> {
  const limits = { ...HEADER_LIMITS, env, signal };
  await runHostCommand(["qemu-img", "rebase", "-u", "-f", "qcow2", "-b", "", resolve(path)], limits);
}

/**
 * For {@link DriveSource.overlay}. Names no backing file: its user says what it is over.
 *
 * @param sizeBytes see byteOverlaySize()
 * @throws HostCommandError; the system error when the file cannot be created
 */
export async function createByteOverlay(
  options: Omit<OverlayOptions, "backing" | "sizeBytes"> & { readonly sizeBytes: bigint },
): Promise<void> {
  await create(options, [], [String(options.sizeBytes)]);
}

/** Bytes an overlay of a growing image file must be able to hold: every block of the guest once more, and its tables. */
export function byteOverlaySize(image: {
  readonly kind: "file" | "block";
  readonly format: DriveSource["format"];
  readonly fileSize: bigint;
  readonly virtualSize: bigint;
}): bigint {
  if (image.format === "raw" || image.kind === "block") return image.fileSize;
  const most = image.fileSize + image.virtualSize + image.virtualSize / TABLE_SHARE + LEAST_TABLES;
  return (most / ROUND + 1n) * ROUND;
}

/** The tables of a qcow2 with the smallest clusters (512 bytes) and the largest reference counts take 1/32 of it. */
const TABLE_SHARE = 16n;
const LEAST_TABLES = 64n << 20n;
const ROUND = 1n << 16n;

async function create(
  options: Pick<OverlayOptions, "path" | "env" | "signal">,
  backing: readonly string[],
  size: readonly string[],
): Promise<void> {
  const path = resolve(options.path);
  // qemu-img would create it readable for all; it keeps the mode of a file that is there.
  const file = await open(path, "wx", 0o600);
  await file.close();
  try {
    await runHostCommand(["qemu-img", "create", "-q", "-f", "qcow2", ...backing, path, ...size], {
      ...HEADER_LIMITS,
      env: options.env,
      signal: options.signal,
    });
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
