/**
 * Cached artefacts: a directory per key, made once, seen only when complete.
 *
 *     <parent>/.lock            held (flock) while something is built in <parent>
 *     <parent>/.tmp-XXXXXX/     being built; left behind only by a build that was killed, removed by the next one
 *     <parent>/<key>/           complete
 *
 * Does not know what is in an artefact.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

const TEMPORARY_PREFIX = ".tmp-";
const KEPT_ARTEFACTS = 6;
/** Readable for all: an appliance built by root serves every user who can reach the cache. */
const DIRECTORY_MODE = 0o755;

/** What to make and how. */
export interface ArtefactRequest {
  readonly parent: string;
  readonly key: string;
  /** Build even when the artefact is there; the old one is replaced. */
  readonly force: boolean;
  /** Fills an empty directory. What it throws leaves no artefact. */
  readonly make: (directory: string) => Promise<void>;
}

/** Where the artefact is, and whether this call made it. */
export interface Artefact {
  readonly path: string;
  readonly built: boolean;
}

/**
 * Gives the artefact of a key, building it when it is not there. Of two processes that ask at once, one builds and the
 * other waits for it.
 */
export async function artefact(request: ArtefactRequest): Promise<Artefact> {
  const { parent, key, force, make } = request;
  const path = join(parent, key);
  if (!force && existsSync(path)) return { path, built: false };
  await mkdir(parent, { recursive: true });
  const before = force ? await modified(path) : undefined;
  await using _lock = await lockDirectory(parent);
  // Somebody else may have built it while this process waited; with force too, since that result is as new as ours.
  const after = await modified(path);
  if (after !== undefined && after !== before) return { path, built: false };
  await removeLeftovers(parent);
  const temporary = await mkdtemp(join(parent, TEMPORARY_PREFIX));
  try {
    await chmod(temporary, DIRECTORY_MODE);
    await make(temporary);
    await syncFiles(temporary);
    if (existsSync(path)) await rename(path, `${temporary}-old`);
    await rename(temporary, path);
    await utimes(path, new Date(), new Date());
    await syncPath(parent);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await removeLeftovers(parent);
  await removeOld(parent, key);
  return { path, built: true };
}

async function modified(path: string): Promise<number | undefined> {
  return existsSync(path) ? (await stat(path)).mtimeMs : undefined;
}

/** Only called under the lock, so every temporary directory is one that nobody fills any more. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(TEMPORARY_PREFIX)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Keeps the newest few. A running VM that uses an older one has its files open and is not disturbed. */
async function removeOld(parent: string, current: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => !name.startsWith(".") && name !== current);
  const dated = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(parent, name))).mtimeMs })),
  );
  const old = dated.sort((a, b) => b.time - a.time).slice(KEPT_ARTEFACTS - 1);
  for (const { name } of old) await rm(join(parent, name), { recursive: true, force: true });
}

/** Brings the top-level files to the disk before the rename makes them visible. Deeper ones are only a cache's insides. */
async function syncFiles(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isFile()) await syncPath(join(directory, entry.name));
  }
  await syncPath(directory);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Holds an exclusive lock. Node has no flock(2); flock(1) holds it for as long as its standard input is open, so the kernel
 * releases it when this process ends, however it ends.
 */
async function lockDirectory(parent: string): Promise<AsyncDisposable> {
  const holder = spawn(
    "flock",
    ["--exclusive", join(parent, ".lock"), "sh", "-c", "echo locked && exec cat >/dev/null"],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once("data", () => resolve());
    holder.once("error", (cause) => reject(new Error(`lock: ${parent}: ${cause.message}`, { cause })));
    holder.once("exit", (code) => reject(new Error(`lock: ${parent}: flock ended with status ${code}`)));
  });
  return { [Symbol.asyncDispose]: () => release(holder) };
}

function release(holder: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    holder.removeAllListeners("exit");
    holder.once("exit", () => resolve());
    holder.stdin?.end();
  });
}
