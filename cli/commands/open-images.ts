/** Opens images for shell and inspect: probed once, locked when they are to be written, attached in the order given. */
import {
  checkFree,
  lockImage,
  openGuestfs,
  probeImage,
  recoverPending,
  requireWritten,
  type AddDrive,
  type ImageLock,
  type Handle,
  type KeptRun,
  type LaunchSettings,
  type Recovery,
} from "../../engine/index.ts";
import type { Io } from "../io.ts";
import { recoveryText } from "../render/recovery.ts";

/** Says on standard error what was finished before a command went on. */
export function recoveryReporter(io: Io): (recovery: Recovery) => void {
  return (recovery) => {
    io.err(`${recoveryText(recovery)}\n`);
  };
}

export interface OpenOptions {
  readonly images: readonly string[];
  /** In place of images: what a failed run has left (kept-run.ts). Written to in place of the images. */
  readonly kept?: KeptRun | undefined;
  readonly format?: string | undefined;
  /** Writes go to the images themselves; otherwise to a scratch overlay that is thrown away. */
  readonly writable: boolean;
  /** Told when an interrupted commit of an image was finished first. */
  readonly onRecovered: (recovery: Recovery) => void;
}

/** What {@link withImages} opens for an image. */
interface Opened {
  readonly path: string;
  readonly format?: string | undefined;
  readonly overlay?: string;
}

/**
 * Launches an appliance on the images, runs `body`, closes: with autosync, so that what was written is on the disks.
 *
 * @throws ImageError, LaunchError; whatever `body` throws
 */
export async function withImages<T>(
  settings: LaunchSettings,
  options: OpenOptions,
  body: (handle: Handle) => Promise<T>,
): Promise<T> {
  const locks: ImageLock[] = [];
  try {
    const drives: AddDrive[] = [];
    const given: readonly Opened[] =
      options.kept?.images ?? options.images.map((path) => ({ path, format: options.format }));
    for (const { path, format, overlay } of given) {
      const recovery = await recoverPending(path, { env: settings.env });
      if (recovery !== undefined) options.onRecovered(recovery);
      const image = await probeImage(path, { env: settings.env, format, signal: settings.signal });
      if (options.writable && overlay === undefined) requireWritten(image);
      // A commit of the image would end the overlay.
      if (options.writable || overlay !== undefined) locks.push(await lockImage(image.path, { env: settings.env }));
      await checkFree(image.path, options.writable && overlay === undefined ? "write" : "read");
      drives.push({ filename: image.path, format: image.format, readonly: !options.writable, overlay });
    }
    return await launched(settings, drives, body);
  } finally {
    for (const lock of locks) await lock[Symbol.asyncDispose]();
  }
}

async function launched<T>(
  settings: LaunchSettings,
  drives: readonly AddDrive[],
  body: (handle: Handle) => Promise<T>,
): Promise<T> {
  const handle = await openGuestfs(settings, drives);
  try {
    const result = await body(handle);
    await handle.shutdown();
    return result;
  } finally {
    await handle.close();
  }
}
