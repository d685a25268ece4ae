/**
 * lockImage(): keeps two gilds from working on one image. An advisory lock beside the image (in the state directory where
 * none can be made there), which names its owner, so that the lock of a killed process is taken over. Does not keep other
 * programs away: qemu locks the image itself while it has it open.
 *
 * The lock is a symbolic link whose target is the owner: made whole by one call, which fails when the name is taken, so a
 * process killed at any moment leaves a lock or nothing.
 */
import { createHash, randomUUID } from "node:crypto";
import { closeSync, constants, openSync, readlinkSync, statSync, unlinkSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import { errnoOf } from "./errors.ts";
import { loadFileControl } from "./file-control.ts";
import { ImageError } from "./image-error.ts";
import { besideImage, resolveImage } from "./image-paths.ts";
import { commandOf, isSeen, mayLive, parseIdentity, thisProcess, type ProcessIdentity } from "./process-identity.ts";
import type { Environment } from "./settings.ts";
import { stateDirectory } from "./state-directory.ts";

export interface ImageLock extends AsyncDisposable {
  /** The lock file. */
  readonly file: string;
  /** Removes the lock. Idempotent. */
  release(): Promise<void>;
}

const TRIES = 5;

/** @throws ImageError locked; the system error when no lock file can be made anywhere */
export async function lockImage(path: string, { env }: { readonly env: Environment }): Promise<ImageLock> {
  const real = await resolveImage(path);
  if (!isBlockDevice(real)) {
    try {
      return await lockFile(path, besideImage(real, "lock"));
    } catch (error) {
      if (!["EACCES", "EROFS", "EPERM", "EOPNOTSUPP", "ENOSYS", "ENAMETOOLONG"].includes(errnoOf(error))) throw error;
    }
  }
  const folder = join(stateDirectory(env) ?? "/tmp/.local/state/gild", "locks");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return lockFile(path, join(folder, createHash("sha256").update(real).digest("hex").slice(0, 32)));
}

/** False for an image that a commit has put aside: there is nothing then. */
function isBlockDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() === true;
}

/**
 * Takes a lock, over from an owner that is gone.
 *
 * @param path what it locks, for messages
 * @throws ImageError locked
 */
export async function lockFile(path: string, file: string): Promise<ImageLock> {
  const text = JSON.stringify({ ...thisProcess(), token: randomUUID() });
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await create(file, text)) return held(file, text);
    const theirs = read(file);
    if (theirs === undefined) continue; // released meanwhile
    const owner = parseIdentity(theirs);
    if (isKept(owner)) throw busy(path, file, owner);
    if (!(await removeStale(file, theirs))) throw busy(path, file, owner);
  }
  throw busy(path, file, undefined);
}

/** Whether a lock is there that would not be taken over. */
export function isLocked(file: string): boolean {
  const text = read(file);
  return text !== undefined && isKept(parseIdentity(text));
}

/** @param owner undefined: a lock that cannot be understood */
function isKept(owner: ProcessIdentity | undefined): boolean {
  return owner === undefined || mayLive(owner);
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    await symlink(text, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What a lock says; undefined when there is none, "" for what is no lock. */
function read(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? undefined : "";
  }
}

/**
 * Of two that found the same stale lock the second must not remove what the first has made since: they take turns by a
 * lock of the kernel on the folder, which ends with the process.
 *
 * @returns false where the folder can have no such lock, as on NFS: nobody's lock is removed there
 */
async function removeStale(file: string, expected: string): Promise<boolean> {
  const control = await loadFileControl();
  const folder = openSync(dirname(file), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    control.lockAlone(folder);
    if (read(file) === expected) unlinkSync(file);
    return true;
  } catch {
    return false;
  } finally {
    closeSync(folder);
  }
}

function held(file: string, text: string): ImageLock {
  const release = (): Promise<void> => {
    if (read(file) === text) unlinkSync(file);
    return Promise.resolve();
  };
  return { file, release, [Symbol.asyncDispose]: release };
}

function nameOf(owner: ProcessIdentity): string {
  const { pid, host } = owner;
  return isSeen(owner) ? `process ${pid} (${commandOf(pid)})` : `process ${pid} on ${host}`;
}

function busy(path: string, file: string, owner: ProcessIdentity | undefined): ImageError {
  const who = owner === undefined ? "another process" : nameOf(owner);
  const mine = owner !== undefined && isSeen(owner) && owner.pid === process.pid;
  const reason = mine ? "already: is it given twice?" : `(if that is not so, remove ${file})`;
  return new ImageError("locked", path, `${who} works on it ${reason}`);
}
