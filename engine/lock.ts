/**
 * lockImage(): keeps two gilds from working on one image. An advisory lock file beside the image (in the state directory
 * where none can be made there), which names its owner, so that the lock of a killed process is taken over. Does not keep
 * other programs away: qemu locks the image itself while it has it open.
 */
import { createHash, randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { link, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { errnoOf } from "./errors.ts";
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
      if (!["EACCES", "EROFS", "EPERM", "ENAMETOOLONG"].includes(errnoOf(error))) throw error;
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
 * Takes a lock file, over from an owner that is gone.
 *
 * @param path what it locks, for messages
 * @throws ImageError locked
 */
export async function lockFile(path: string, file: string): Promise<ImageLock> {
  const text = JSON.stringify({ ...thisProcess(), token: randomUUID() });
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await create(file, text)) return held(file, text);
    const theirs = await readFile(file, "utf8").catch(() => undefined);
    if (theirs === undefined) continue; // released meanwhile
    const owner = parseIdentity(theirs);
    if (owner === undefined || mayLive(owner)) throw busy(path, file, owner);
    await removeStale(file, theirs);
  }
  throw busy(path, file, undefined);
}

/** Whole content or no file: written aside, then linked, which fails when the name is taken. */
async function create(file: string, text: string): Promise<boolean> {
  const part = `${file}.${randomUUID()}`;
  await writeFile(part, text, { mode: 0o600, flag: "wx" });
  try {
    await link(part, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(part);
  }
}

/** Renames first: of two that found the same stale lock only one gets it, and a fresh lock is put back. */
async function removeStale(file: string, expected: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const found = await readFile(aside, "utf8");
  if (found !== expected) await link(aside, file).catch(() => undefined);
  await unlink(aside);
}

function held(file: string, text: string): ImageLock {
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    const found = await readFile(file, "utf8").catch(() => undefined);
    if (found === text) await unlink(file);
  };
  return { file, release, [Symbol.asyncDispose]: release };
}

function nameOf(owner: ProcessIdentity): string {
  const { pid, host } = owner;
  return isSeen(owner) ? `process ${pid} (${commandOf(pid)})` : `process ${pid} on ${host}`;
}

function busy(path: string, file: string, owner: ProcessIdentity | undefined): ImageError {
  const who = owner === undefined ? "another process" : nameOf(owner);
  return new ImageError("locked", path, `${who} works on it (if that is not so, remove ${file})`);
}
