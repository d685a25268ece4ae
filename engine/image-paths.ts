/**
 * The names that gild uses beside an image, all hidden: `.NAME.gild-...`. One place, so that what is written is also what a
 * later command finds. Touches no file but to follow symbolic links.
 */
import { createHash, randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { errnoOf } from "./errors.ts";
import { ImageError } from "./image-error.ts";
import type { Environment } from "./settings.ts";
import { stateDirectory } from "./state-directory.ts";

/**
 * `record`: a commit that has begun (commit-record.ts). `committing`: the image itself while it is written in place. `old`:
 * the image until all of several disks are replaced. `new`: a clone that is to replace the image. `lock`: see lock.ts.
 */
export type BesideName = "record" | "committing" | "old" | "new" | "lock";

/** @param path of the image, symbolic links resolved */
export function besideImage(path: string, name: BesideName): string {
  return join(dirname(path), `.${basename(path)}.gild-${name}`);
}

/** A name beside `path` that nothing has yet. */
export function temporaryName(path: string, purpose: "new" | "overlay"): string {
  return join(dirname(path), `.${basename(path)}.gild-${purpose}-${randomBytes(6).toString("hex")}`);
}

/**
 * The path that an image's files stand beside: its own; for a block device a name in the state directory.
 *
 * @param path symbolic links resolved; the image need not be there
 * @throws ImageError unreadable for a device without a state directory
 */
export function anchorOf(path: string, env: Environment): string {
  if (statSync(path, { throwIfNoEntry: false })?.isBlockDevice() !== true) return path;
  const state = stateDirectory(env);
  if (state === undefined) throw new ImageError("unreadable", path, "a device needs HOME or XDG_STATE_HOME to be set");
  return join(state, "commits", createHash("sha256").update(path).digest("hex").slice(0, 32));
}

const LINKS_MAX = 40;

/**
 * The image's own path, symbolic links resolved; also while a commit has put the image aside and nothing has the name.
 *
 * @throws ImageError missing, unreadable
 */
export async function resolveImage(path: string): Promise<string> {
  let at = resolve(path);
  try {
    for (let links = 0; links < LINKS_MAX; links += 1) {
      at = join(await realpath(dirname(at)), basename(at));
      if (!(await lstat(at).catch(nothing))?.isSymbolicLink()) return at;
      at = resolve(dirname(at), await readlink(at));
    }
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") throw new ImageError("missing", path, "no such file", { cause });
    throw new ImageError("unreadable", path, "cannot be read", { cause });
  }
  throw new ImageError("unreadable", path, "too many symbolic links");
}

function nothing(error: unknown): undefined {
  if (errnoOf(error) === "ENOENT") return undefined;
  throw error;
}
