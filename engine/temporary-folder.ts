/**
 * Temporary folders of launches, mode 0700, each with a note of its owner: what a killed process left behind (sockets,
 * scratch overlays) is removed by the next one. A folder without a note is removed when it is old and empty only.
 */
import { mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { mayLive, parseIdentity, thisProcess } from "./process-identity.ts";

const PREFIX = "gild-run-";
const NOTE = "owner.json";
/** In this time, ms, a living process has written its note. */
const NOTED_MS = 3_600_000;

/** Makes a folder in `parent`. @throws the system error */
export async function makeTemporaryFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, PREFIX));
  await writeFile(join(folder, NOTE), JSON.stringify(thisProcess()), { mode: 0o600 });
  return folder;
}

/** Removes the folders in `parent` whose owners are gone. Never throws: others' folders cannot be read or removed. */
export async function sweepTemporaryFolders(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(parent, name);
    const note = await readFile(join(folder, NOTE), "utf8").catch(() => "");
    const owner = parseIdentity(note);
    if (note === "" && (await isOld(folder))) await rmdir(folder).catch(() => undefined);
    if (owner !== undefined && !mayLive(owner))
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isOld(folder: string): Promise<boolean> {
  const mtimeMs = await stat(folder).then(
    (found) => found.mtimeMs,
    () => Infinity,
  );
  return Date.now() - mtimeMs > NOTED_MS;
}
