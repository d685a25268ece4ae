/**
 * Temporary folders of launches, mode 0700, each with a note of its owner: what a killed process left behind (sockets,
 * scratch overlays) is removed by the next one. Touches no folder without such a note.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { mayLive, parseIdentity, thisProcess } from "./process-identity.ts";

const PREFIX = "gild-run-";
const NOTE = "owner.json";

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
    if (owner !== undefined && !mayLive(owner))
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
