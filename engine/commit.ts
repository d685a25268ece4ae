/**
 * Ends a run that has succeeded: what the overlays hold is written into the images, all of them or none, so that a crash at
 * any moment leaves each as it was, or a record that the next command finishes. A single image on a filesystem that can
 * clone is replaced by a finished clone, in one rename. Elsewhere the overlay is the redo record (finish-commit.ts).
 */
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

import { checkRoom, noSpace, roomInPlace, type RoomNeed } from "./commit-room.ts";
import { encodeNote, encodeRecord, type CommitRecord, type RecordDisk } from "./commit-record.ts";
import { checkDeviceFree, deviceSize } from "./device.ts";
import { deviceFingerprint } from "./device-fingerprint.ts";
import { errnoOf, messageOf } from "./errors.ts";
import { identify, sameIdentity, type FileIdentity } from "./file-identity.ts";
import { finishCommit, syncFolders } from "./finish-commit.ts";
import { createHostFiles, type HostFiles } from "./host-files.ts";
import { holdImage, type ImageHold } from "./image-hold.ts";
import { besideImage } from "./image-paths.ts";
import { digestOverlay, measureOverlay, replayOverlay, type OverlayExtent } from "./replay.ts";
import { RunError } from "./run-error.ts";
import type { Environment } from "./settings.ts";
import { partOf, syncFile, writePart, writeWhole } from "./whole-file.ts";

export interface CommitDisk {
  /** Symbolic links resolved. */
  readonly image: string;
  /** The image as it was when its overlay was made; it must still be so. */
  readonly seen: FileIdentity;
  /** In a folder that outlives a crash. Removed when the commit is done. */
  readonly overlay: string;
  /** See RecordDisk.anchor; default: the image. */
  readonly anchor?: string;
}

export interface CommitOptions {
  readonly env: Environment;
  /** Default: the host's own. */
  readonly files?: HostFiles;
  /** Heard until the record is written. */
  readonly signal?: AbortSignal | undefined;
}

interface Prepared extends OverlayExtent {
  readonly disk: CommitDisk;
  readonly anchor: string;
  readonly way: RecordDisk["way"];
  /** Bytes of the file afterwards. */
  readonly size: number;
}

/**
 * Writes overlays into their images. The caller has the images' locks (lock.ts).
 *
 * @throws RunError image-changed, no-space, commit-failed; ImageError in-use: the images are as they were
 * @throws RunError commit-unfinished: the overlays are needed to finish it
 */
export async function commitImages(disks: readonly CommitDisk[], options: CommitOptions): Promise<void> {
  const files = options.files ?? createHostFiles(options.env);
  const holds: ImageHold[] = [];
  try {
    for (const { image } of disks) holds.push(await holdImage(image));
    const prepared: Prepared[] = [];
    try {
      for (const disk of disks) {
        const measured = await measureOverlay(disk.overlay);
        if (measured.end > 0) prepared.push(await prepare(disk, measured, files));
      }
      options.signal?.throwIfAborted();
      for (const { image, seen } of disks) await checkUnchanged(image, seen);
      if (prepared.length === 0 || (await replacedByClone(prepared, files))) return;
    } catch (error) {
      throw await undone(disks, error, files);
    }
    await commitByRecord(prepared, files);
  } finally {
    for (const hold of holds) await hold.release();
  }
}

/** Where the filesystem can clone, makes the finished new file. */
async function prepare(disk: CommitDisk, measured: OverlayExtent, files: HostFiles): Promise<Prepared> {
  const { image, seen } = disk;
  const anchor = disk.anchor ?? image;
  await checkUnchanged(image, seen);
  if (!(await stat(image)).isFile()) {
    await checkDeviceFree(image);
    return { ...measured, disk, anchor, size: Number(await deviceSize(image)), way: "device" };
  }
  const common = { ...measured, disk, anchor, size: Math.max(Number(seen.size), measured.end) };
  const way = (await makeClone(common, files)) ? "clone" : "in-place";
  return { ...common, way };
}

/** @returns false where the filesystem cannot clone, or the clone would have another owner */
async function makeClone(made: Omit<Prepared, "way">, files: HostFiles): Promise<boolean> {
  const { image, overlay } = made.disk;
  const clone = besideImage(made.anchor, "new");
  await files.remove(clone);
  if (!(await files.clone(image, clone))) return false;
  const [before, after] = [await stat(image), await stat(clone)];
  if (before.uid !== after.uid || before.gid !== after.gid || before.mode !== after.mode) {
    await files.remove(clone);
    return false;
  }
  await checkRoom([{ image, bytes: made.dataBytes }]);
  const target = await files.openFile(clone);
  try {
    await replayOverlay(overlay, target, made.size);
    await target.sync();
  } finally {
    await target.close();
  }
  return true;
}

/** A single image needs no record: one rename is all or nothing. @returns false when a record is needed */
async function replacedByClone(prepared: readonly Prepared[], files: HostFiles): Promise<boolean> {
  const [only, another] = prepared;
  if (only === undefined || another !== undefined || only.way !== "clone") return false;
  await files.rename(besideImage(only.anchor, "new"), only.disk.image);
  await files.syncFolder(dirname(only.disk.image));
  await files.remove(only.disk.overlay);
  return true;
}

async function commitByRecord(prepared: readonly Prepared[], files: HostFiles): Promise<void> {
  const disks = prepared.map(({ disk }) => disk);
  let record: CommitRecord;
  const recordPath = besideImage(prepared[0]?.anchor ?? "", "record");
  try {
    record = await makeRecord(prepared, files);
    await writePart(recordPath, encodeRecord(record, recordPath), files);
    await files.rename(partOf(recordPath), recordPath);
  } catch (error) {
    throw await undone(disks, error, files);
  }
  // The record decides: from here on the commit goes forward, now or after a crash.
  try {
    await files.syncFolder(dirname(recordPath));
    await finishCommit(record, recordPath, files);
  } catch (error) {
    throw unfinished(record, error);
  }
}

/** Everything the record relies on is on the disk: overlays, clones, the notes of further images. */
async function makeRecord(prepared: readonly Prepared[], files: HostFiles): Promise<CommitRecord> {
  await checkRoom(await roomNeeds(prepared));
  const disks: RecordDisk[] = [];
  for (const one of prepared) disks.push(await recordDisk(one, files));
  await syncFolders(disks, files);
  const record = { id: randomUUID(), disks };
  const [recordPath = "", ...notes] = disks.map(({ anchor }) => besideImage(anchor, "record"));
  for (const note of notes) {
    await writeWhole(note, encodeNote(record, recordPath, note), files);
  }
  return record;
}

async function roomNeeds(prepared: readonly Prepared[]): Promise<RoomNeed[]> {
  const inPlace = prepared.filter(({ way }) => way === "in-place");
  return await Promise.all(inPlace.map(({ disk, dataBytes, size }) => roomInPlace(disk.image, dataBytes, size)));
}

/** Makes what the record relies on last: the overlay, and the image's times. */
async function recordDisk({ disk, anchor, way, size }: Prepared, files: HostFiles): Promise<RecordDisk> {
  const { image, overlay, seen } = disk;
  if (way !== "clone") await syncFile(overlay, files);
  if (dirname(overlay) !== dirname(anchor)) await files.syncFolder(dirname(overlay));
  if (way !== "device") await syncFile(image, files);
  const before = { ino: String(seen.ino), size: String(seen.size), mtimeNs: String(seen.mtimeNs) };
  const sha256 = way === "clone" ? "" : await digestOverlay(overlay);
  const fingerprint = way === "device" ? await deviceFingerprint(image, overlay, size) : "";
  return { image, anchor, way, before, size, overlay, sha256, fingerprint };
}

/** Removes what was made before the record. @returns the error to throw */
async function undone(disks: readonly CommitDisk[], error: unknown, files: HostFiles): Promise<unknown> {
  for (const { image, anchor = image } of disks) {
    const record = besideImage(anchor, "record");
    for (const path of [partOf(record), record, besideImage(anchor, "new")]) await files.remove(path);
  }
  // Our own errors have codes too, and say already what is the matter.
  if (!(error instanceof Error && "syscall" in error)) return error;
  const images = disks.map(({ image }) => image).join(", ");
  if (errnoOf(error) === "ENOSPC") return noSpace(images, "", error);
  return new RunError("commit-failed", `${images}: nothing was written: ${messageOf(error)}`, { cause: error });
}

function unfinished({ disks }: CommitRecord, cause: unknown): RunError {
  const images = disks.map(({ image }) => image).join(" ");
  const text = `${images}: writing was interrupted: ${messageOf(cause)}; when that is solved, run: gild recover ${images}`;
  return new RunError("commit-unfinished", text, { cause });
}

async function checkUnchanged(image: string, seen: FileIdentity): Promise<void> {
  if (sameIdentity(await identify(image), seen)) return;
  const text = `${image}: another program changed the image during the run; nothing was written`;
  throw new RunError("image-changed", text);
}
