/**
 * createOverlay(): a new qcow2 that holds the changes to another image. Mode 0600, for it may hold secrets. Does not
 * commit or delete overlays.
 */
import { open, unlink } from "node:fs/promises";
import { resolve } from "node:path";

import type { DriveSource } from "./drive.ts";
import { runHostCommand } from "./host-command.ts";
import { HEADER_LIMITS } from "./image-info.ts";
import type { Environment } from "./settings.ts";

export interface OverlayOptions {
  /** File to create; it must not exist. */
  readonly path: string;
  /** Image underneath; probed before, format named. */
  readonly backing: DriveSource;
  readonly env: Environment;
  /** Bytes; default: the size of what is underneath. */
  readonly sizeBytes?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws HostCommandError; the system error when the file cannot be created */
export async function createOverlay(options: OverlayOptions): Promise<void> {
  const path = resolve(options.path);
  // qemu-img would create it readable for all; it keeps the mode of a file that is there.
  const file = await open(path, "wx", 0o600);
  await file.close();
  const { filename, format } = options.backing;
  const size = options.sizeBytes === undefined ? [] : [String(options.sizeBytes)];
  try {
    await runHostCommand(
      ["qemu-img", "create", "-q", "-f", "qcow2", "-F", format, "-b", resolve(filename), path, ...size],
      { ...HEADER_LIMITS, env: options.env, signal: options.signal },
    );
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
