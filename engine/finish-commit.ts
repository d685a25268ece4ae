/**
 * A commit from its record to its end. Every step can be done again after a crash at any moment:
 *
 * 1. each image is put aside: from now on none of them can be used, until all are new;
 * 2. overlays are replayed into what is written in place, and synced;
 * 3. the record goes: nothing is left to write;
 * 4. each new image gets its name;
 * 5. old images, notes and overlays go.
 *
 * Without a record, what stands aside is complete (3 comes after 2): settleImage() only gives it its name. Takes no locks.
 */
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";

import type { CommitRecord, RecordDisk } from "./commit-record.ts";
import { errnoOf } from "./errors.ts";
import type { HostFiles } from "./host-files.ts";
import { besideImage } from "./image-paths.ts";
import { replayOverlay } from "./replay.ts";
import { RunError } from "./run-error.ts";

/**
 * Steps 1 to 5. The caller has checked that images which still have their names are those of the record.
 *
 * @param recordPath where the record is
 * @throws RunError image-conflict, image-missing, overlay-damaged; the system error
 */
export async function finishCommit(record: CommitRecord, recordPath: string, files: HostFiles): Promise<void> {
  const named = record.disks.filter(({ way }) => way !== "device");
  for (const disk of named) await putAside(disk, files);
  await syncFolders(named, files);

  for (const disk of record.disks) {
    if (disk.way !== "clone") await replayDisk(disk, files);
  }
  await files.remove(recordPath);
  await files.syncFolder(dirname(recordPath));

  for (const disk of named) await files.rename(newName(disk), disk.image);
  await syncFolders(named, files);
  for (const disk of record.disks) await removeRest(disk, files);
}

/**
 * Ends what a commit without a record has left: gives a complete new image its name, removes what is not needed.
 *
 * @returns whether an image was put back
 * @throws RunError image-conflict; the system error
 */
export async function settleImage(image: string, files: HostFiles): Promise<boolean> {
  const [aside, old, fresh] = [besideImage(image, "committing"), besideImage(image, "old"), besideImage(image, "new")];
  const isThere = await exists(image);
  const [hasAside, hasOld, hasNew] = [await exists(aside), await exists(old), await exists(fresh)];
  let waiting: string | undefined;
  if (hasAside) waiting = aside;
  else if (hasOld && hasNew) waiting = fresh;
  else if (hasOld && !isThere) waiting = old;
  if (waiting !== undefined) {
    if (isThere) throw conflict(image, waiting);
    await files.rename(waiting, image);
    await files.syncFolder(dirname(image));
  }
  const useless = [...(hasOld ? [old] : []), ...(hasNew ? [fresh] : [])].filter((path) => path !== waiting);
  for (const path of useless) await files.remove(path);
  // What was removed must not come back: it would be taken for part of a later commit.
  if (useless.length > 0) await files.syncFolder(dirname(image));
  return waiting !== undefined;
}

/** Where the image stands while others are not ready. */
export function asideName(disk: RecordDisk): string {
  return besideImage(disk.anchor, disk.way === "clone" ? "old" : "committing");
}

/** Makes the names in the folders of these images last, each folder once. */
export async function syncFolders(disks: readonly RecordDisk[], files: HostFiles): Promise<void> {
  for (const folder of new Set(disks.map(({ anchor }) => dirname(anchor)))) await files.syncFolder(folder);
}

/** Notes, overlays and old images: found and removed by the next command when they are still there after a crash. */
export async function removeRest(disk: RecordDisk, files: HostFiles): Promise<void> {
  if (disk.way === "clone") await files.remove(besideImage(disk.anchor, "old"));
  await files.remove(besideImage(disk.anchor, "record"));
  await files.remove(disk.overlay);
}

/** Symbolic links count. @throws the system error */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** The finished file that is to get the image's name. */
function newName(disk: RecordDisk): string {
  return besideImage(disk.anchor, disk.way === "clone" ? "new" : "committing");
}

async function putAside(disk: RecordDisk, files: HostFiles): Promise<void> {
  const aside = asideName(disk);
  const [isThere, isAside] = [await exists(disk.image), await exists(aside)];
  if (isThere && isAside) throw conflict(disk.image, aside);
  if (!isThere && !isAside) {
    throw new RunError("image-missing", `${disk.image}: the image is gone, and so is ${aside}`);
  }
  if (isThere) await files.rename(disk.image, aside);
}

async function replayDisk(disk: RecordDisk, files: HostFiles): Promise<void> {
  const target = await files.openFile(disk.way === "device" ? disk.image : asideName(disk));
  try {
    await replayOverlay(disk.overlay, target, disk.way === "device" ? undefined : disk.size);
    await target.sync();
  } finally {
    await target.close();
  }
}

function conflict(image: string, waiting: string): RunError {
  const text = `${image}: another file has taken this name while the image stood aside as ${waiting}: move it away`;
  return new RunError("image-conflict", text);
}
