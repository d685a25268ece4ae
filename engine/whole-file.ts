/** Files that are there whole or not at all, and last: written aside, synced, and renamed by the caller or here. */
import { dirname } from "node:path";

import type { HostFiles } from "./host-files.ts";

/** The content, synced, under {@link partOf} the path. */
export async function writePart(path: string, bytes: Uint8Array, files: HostFiles): Promise<void> {
  await files.remove(partOf(path));
  const file = await files.createFile(partOf(path));
  try {
    await file.write(0, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a file, mode 0600, over one that is there. */
export async function writeWhole(path: string, bytes: Uint8Array, files: HostFiles): Promise<void> {
  await writePart(path, bytes, files);
  await files.rename(partOf(path), path);
  await files.syncFolder(dirname(path));
}

export function partOf(path: string): string {
  return `${path}-part`;
}

/** Makes a file's content last. */
export async function syncFile(path: string, files: HostFiles): Promise<void> {
  const file = await files.openFile(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
