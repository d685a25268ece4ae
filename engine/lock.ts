/**
 * lockImage(): keeps two gilds from working on one image. An advisory lock file beside the image (in the state directory
 * where none can be made there), which names its owner, so that the lock of a killed process is taken over. Does not keep
 * other programs away: qemu locks the image itself while it has it open.
 */
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { link, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

import { errnoOf } from "./errors.ts";
import { ImageError } from "./image-error.ts";
import type { Environment } from "./settings.ts";

export interface ImageLock extends AsyncDisposable {
  /** The lock file. */
  readonly file: string;
  /** Removes the lock. Idempotent. */
  release(): Promise<void>;
}

/** Who holds a lock. The start time tells a process from a later one with its number. */
interface Owner {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly host: string;
  readonly token: string;
}

const TRIES = 5;

/** @throws ImageError locked; the system error when no lock file can be made anywhere */
export async function lockImage(path: string, { env }: { readonly env: Environment }): Promise<ImageLock> {
  const real = realpathSync(path);
  const beside = join(dirname(real), `.${basename(real)}.gild-lock`);
  if (statSync(real).isFile()) {
    try {
      return await lockWith(path, beside);
    } catch (error) {
      if (!["EACCES", "EROFS", "EPERM", "ENAMETOOLONG"].includes(errnoOf(error))) throw error;
    }
  }
  const folder = join(stateDirectory(env), "locks");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return lockWith(path, join(folder, createHash("sha256").update(real).digest("hex").slice(0, 32)));
}

async function lockWith(path: string, file: string): Promise<ImageLock> {
  const mine = thisProcess();
  const text = JSON.stringify(mine);
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await create(file, text)) return held(file, text);
    const theirs = await readFile(file, "utf8").catch(() => undefined);
    if (theirs === undefined) continue; // released meanwhile
    const owner = parseOwner(theirs);
    if (owner === undefined || isAlive(owner, mine)) throw busy(path, file, owner);
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

function busy(path: string, file: string, owner: Owner | undefined): ImageError {
  const who = owner === undefined ? "another process" : `process ${owner.pid} on ${owner.host}`;
  return new ImageError("locked", path, `${who} works on it (if that is not so, remove ${file})`);
}

function isAlive(owner: Owner, mine: Owner): boolean {
  if (owner.host !== mine.host) return true; // shared storage: cannot be known from here
  if (owner.bootId !== mine.bootId) return false;
  if (owner.pidNamespace !== mine.pidNamespace) return true; // another container: its numbers mean nothing here
  return startTime(owner.pid) === owner.startTime;
}

function thisProcess(): Owner {
  return {
    pid: process.pid,
    startTime: startTime(process.pid) ?? "",
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
    host: hostname(),
    token: randomUUID(),
  };
}

/** Field 22 of /proc/PID/stat, clock ticks since boot; undefined when there is no such process. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, field 2, may hold spaces and brackets; the last bracket ends it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    // Written by create(); the check below covers what isAlive() uses.
    const value = JSON.parse(text) as Partial<Record<keyof Owner, unknown>> | null;
    const { pid, startTime, bootId, pidNamespace, host, token } = value ?? {};
    if (typeof pid !== "number" || !Number.isSafeInteger(pid)) return undefined;
    const texts = [startTime, bootId, pidNamespace, host, token];
    if (!texts.every((word) => typeof word === "string")) return undefined;
    return {
      pid,
      startTime: texts[0] ?? "",
      bootId: texts[1] ?? "",
      pidNamespace: texts[2] ?? "",
      host: texts[3] ?? "",
      token: texts[4] ?? "",
    };
  } catch {
    return undefined;
  }
}

/** XDG_STATE_HOME/gild, else HOME/.local/state/gild. */
function stateDirectory(env: Environment): string {
  const own = env["XDG_STATE_HOME"];
  if (own !== undefined && own !== "") return join(own, "gild");
  return join(env["HOME"] ?? "/tmp", ".local", "state", "gild");
}
