/**
 * Watches the filesystem that an overlay grows on. When it is full, qemu stops the appliance (so that no write of the guest
 * is lost), and the call in flight would wait for ever: the watch ends the run instead.
 */
import { statfs } from "node:fs/promises";

import { RunError } from "./run-error.ts";

const INTERVAL_MS = 500;
/** qemu has stopped when less than a piece of a qcow2's metadata is left; long before, a run cannot succeed any more. */
const LEAST_BYTES = 8n << 20n;

export interface SpaceWatch {
  /** Aborted with a RunError no-space. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** @param folders where the overlays are */
export function watchSpace(
  folders: readonly string[],
  readFree: (folder: string) => Promise<bigint> = freeBytes,
): SpaceWatch {
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    for (const folder of new Set(folders)) {
      if ((await readFree(folder)) >= LEAST_BYTES) continue;
      clearInterval(timer);
      const text = `${folder}: no space left for the changes of the run; the image is unchanged`;
      controller.abort(new RunError("no-space", text));
    }
  };
  // A filesystem that cannot be asked is no reason to end the run.
  const timer = setInterval(() => void look().catch(() => undefined), INTERVAL_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}

/** What this user may still write: root also the reserve. */
async function freeBytes(folder: string): Promise<bigint> {
  const { bavail, bfree, bsize } = await statfs(folder, { bigint: true });
  return (process.getuid?.() === 0 ? bfree : bavail) * bsize;
}
