/**
 * Removes a tree, as `rm -rf` does: never follows a link, never leaves by `..`. Runs inside the guest (see sysroot.ts). Trees
 * deeper than a path may be long are not its business: it throws ENAMETOOLONG.
 */
import { readdirSync, rmdirSync, unlinkSync } from "node:fs";

import { errnoCode } from "./errors.ts";

interface Level {
  readonly path: Buffer;
  /** Directories in it that are still there. */
  readonly directories: Buffer[];
}

const SLASH = Buffer.from("/");

/** Removes a directory and all that is in it. */
export function removeTree(directory: Buffer): void {
  const levels: Level[] = [emptied(directory)];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const next = level.directories.pop();
    if (next !== undefined) {
      levels.push(emptied(next));
      continue;
    }
    ignoreMissing(() => rmdirSync(level.path));
    levels.pop();
  }
}

/** Unlinks everything in a directory but the directories. */
function emptied(path: Buffer): Level {
  const directories: Buffer[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true, encoding: "buffer" })) {
    const entryPath = Buffer.concat([path, SLASH, entry.name]);
    if (entry.isDirectory()) directories.push(entryPath);
    else ignoreMissing(() => unlinkSync(entryPath));
  }
  return { path, directories };
}

function ignoreMissing(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (errnoCode(error) !== "ENOENT") throw error;
  }
}
