/**
 * Finishes what an interrupted commit has left beside an image: called by every command that opens one, before it looks at
 * the image. Never guesses: what does not fit together is an error, and everything stays as it is.
 */
import { lstat, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { readRecord, type CommitRecord, type FoundRecord, type RecordDisk } from "./commit-record.ts";
import { deviceFingerprint } from "./device-fingerprint.ts";
import { errnoOf } from "./errors.ts";
import { asideName, exists, finishCommit, removeRest, settleImage, syncFolders } from "./finish-commit.ts";
import { createHostFiles, type HostFiles } from "./host-files.ts";
import { anchorOf, besideImage, resolveImage } from "./image-paths.ts";
import { lockImage, type ImageLock } from "./lock.ts";
import { digestOverlay } from "./replay.ts";
import { RunError } from "./run-error.ts";
import type { Environment } from "./settings.ts";
import { stateDirectory } from "./state-directory.ts";

export interface RecoverOptions {
  readonly env: Environment;
  /** Default: the host's own. */
  readonly files?: HostFiles;
  /** Gives the change up instead of finishing it, which can only be done before an image was written. Default false. */
  readonly giveUp?: boolean | undefined;
}

export interface Recovery {
  /** Every image that was part of it. */
  readonly images: readonly string[];
  /** `finished`: they are new. `dropped`: the change was given up, they are as they were. */
  readonly outcome: "finished" | "dropped";
}

const TRACES = ["record", "committing", "old"] as const;
const TRACE = new RegExp(`^\\.(.+)\\.gild-(?:${TRACES.join("|")})$`, "u");
/** What a killed run may leave that no record names. */
const LEFTOVER = /^(?:(?:new|overlay)-[0-9a-f]{12}|record-part)$/u;

/**
 * Finishes an interrupted commit of an image, if there is one. To be called before the image is opened.
 *
 * @param given the image as the user named it; it need not be there
 * @returns undefined when there was nothing to finish
 * @throws as recoverNow()
 */
export async function recoverPending(given: string, options: RecoverOptions): Promise<Recovery | undefined> {
  return (await isInterrupted(given, options.env)) ? await recoverNow(given, options) : undefined;
}

/**
 * Whether a commit of an image was interrupted; the image may have no name then.
 *
 * @throws ImageError missing when its folder is not there
 */
export async function isInterrupted(given: string, env: Environment): Promise<boolean> {
  const anchor = anchorOf(await resolveImage(given), env);
  for (const name of TRACES) if (await exists(besideImage(anchor, name))) return true;
  return false;
}

/**
 * As recoverPending(), and removes what a killed run has left, for which no other command waits.
 *
 * @throws as recoverImage(); ImageError missing when its folder is not there
 */
export async function recoverNow(given: string, options: RecoverOptions): Promise<Recovery | undefined> {
  const image = await resolveImage(given);
  await using _ = await lockImage(image, options);
  return await recoverImage(image, anchorOf(image, options.env), options);
}

/** Images whose commit was interrupted: those in a folder, and block devices. */
export async function findInterrupted(folder: string, env: Environment): Promise<string[]> {
  const here = (await traced(folder)).map((name) => join(folder, name));
  const state = stateDirectory(env);
  const devices: string[] = [];
  for (const anchor of state === undefined ? [] : await traced(join(state, "commits"))) {
    const found = await readRecord(besideImage(join(state ?? "", "commits", anchor), "record"));
    if (found?.kind === "record") devices.push(...found.record.disks.map(({ image }) => image));
  }
  return [...new Set([...here, ...devices])].sort();
}

/**
 * Finishes or gives up an interrupted commit and removes leftovers. The caller has the image's lock.
 *
 * @param image symbolic links resolved; it need not be there
 * @param anchor see anchorOf()
 * @returns undefined when there was nothing to finish
 * @throws RunError record-damaged, image-conflict, image-missing, image-changed, overlay-damaged; ImageError locked
 */
export async function recoverImage(
  image: string,
  anchor: string,
  options: RecoverOptions,
): Promise<Recovery | undefined> {
  const files = options.files ?? createHostFiles(options.env);
  const found = await readRecord(besideImage(anchor, "record"));
  const recovery = await recoverFound(image, found, files, options);
  await removeLeftovers(anchor, files);
  return recovery;
}

async function recoverFound(
  image: string,
  found: FoundRecord | undefined,
  files: HostFiles,
  options: RecoverOptions,
): Promise<Recovery | undefined> {
  if (found?.kind === "record") return await recoverRecord(found.record, found.path, image, files, options);
  if (found?.kind === "note") {
    const first = await readRecord(found.record);
    if (first?.kind === "record" && first.record.id === found.id) {
      return await recoverRecord(first.record, first.path, image, files, options);
    }
    await checkFirst(found.first, found.path);
  }
  const finished = await settleImage(image, files);
  if (found !== undefined) await files.remove(found.path);
  return finished ? { images: [image], outcome: "finished" } : undefined;
}

/** Without the record the commit is done or has not begun; unless the folder of the record is only not mounted now. */
async function checkFirst(first: string, note: string): Promise<void> {
  if (dirname(first) === dirname(note)) return;
  for (const path of [first, besideImage(first, "committing"), besideImage(first, "old")]) {
    if (await exists(path).catch(() => false)) return;
  }
  const text = `${note}: the image it was committed with cannot be found: ${first}; make it available and try again`;
  throw new RunError("record-damaged", text);
}

async function recoverRecord(
  record: CommitRecord,
  path: string,
  locked: string,
  files: HostFiles,
  { env, giveUp }: RecoverOptions,
): Promise<Recovery> {
  const images = record.disks.map(({ image }) => image);
  const locks: ImageLock[] = [];
  try {
    for (const image of images) if (image !== locked) locks.push(await lockImage(image, { env }));
    if (giveUp === true) {
      await dropChange(record, path, files);
      return { images, outcome: "dropped" };
    }
    for (const disk of record.disks) await checkUnused(disk);
    for (const disk of record.disks) await checkFits(disk, path);
    await finishCommit(record, path, files);
    return { images, outcome: "finished" };
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** An image that still has its name was not written yet. When it changed since, its overlay does not fit it any more. */
async function checkUnused(disk: RecordDisk): Promise<void> {
  const { image, way, before } = disk;
  const now = way === "device" ? undefined : await lstat(image, { bigint: true }).catch(noFile);
  // Both names: another file has come meanwhile, which finishCommit() refuses.
  if (now === undefined || (await exists(asideName(disk)))) return;
  const { ino, size, mtimeNs } = before;
  if (String(now.ino) === ino && String(now.size) === size && String(now.mtimeNs) === mtimeNs) return;
  const text = `${image}: it was used after a change of it was interrupted, so that the change does not fit any more`;
  throw new RunError("image-changed", `${text}; to keep the image as it is now: gild recover --give-up ${image}`);
}

/** Images are written only when all of them stand aside: while one has its name, nothing was. */
async function dropChange(record: CommitRecord, path: string, files: HostFiles): Promise<void> {
  const named = record.disks.filter(({ way }) => way !== "device");
  const [there, aside] = [await existing(named.map(({ image }) => image)), await existing(named.map(asideName))];
  if (there.length === 0 || there.length + aside.length > named.length) {
    const text = "it may have been written in part, and must be finished (gild recover)";
    throw new RunError("image-refused", `${record.disks[0]?.image ?? path}: ${text}`);
  }
  for (const disk of named) {
    if (!(await exists(disk.image))) await files.rename(asideName(disk), disk.image);
  }
  await syncFolders(named, files);
  await files.remove(path);
  await files.syncFolder(dirname(path));
  for (const disk of record.disks) {
    await files.remove(besideImage(disk.anchor, "new"));
    await removeRest(disk, files);
  }
}

/** Names that have a trace of a commit beside them; none for a folder that is not there. */
async function traced(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => TRACE.exec(name)?.[1] ?? []);
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await exists(path)) found.push(path);
  return found;
}

/** The overlay is the one of the record, and a device the one it was made over. */
async function checkFits(disk: RecordDisk, record: string): Promise<void> {
  const { image, way, size, overlay, sha256, fingerprint } = disk;
  if (way === "clone") return;
  const digest = (await exists(overlay)) ? await digestOverlay(overlay) : "";
  if (digest !== sha256) {
    throw new RunError("overlay-damaged", `${overlay}: missing or damaged, and ${record} needs it`);
  }
  if (way !== "device" || (await deviceFingerprint(image, overlay, size)) === fingerprint) return;
  throw new RunError("image-changed", `${image}: not the device that was to be written; ${record} names it`);
}

async function removeLeftovers(anchor: string, files: HostFiles): Promise<void> {
  const prefix = `.${basename(anchor)}.gild-`;
  const names = await readdir(dirname(anchor)).catch(() => []);
  for (const name of names) {
    if (name.startsWith(prefix) && LEFTOVER.test(name.slice(prefix.length)))
      await files.remove(join(dirname(anchor), name));
  }
}

function noFile(error: unknown): undefined {
  if (errnoOf(error) === "ENOENT") return undefined;
  throw error;
}
