/** A folder for large files of a run that may go when the process is gone, however it went. */
import { access, constants, mkdir, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { messageOf } from "./errors.ts";
import { RunError } from "./run-error.ts";
import type { Environment } from "./settings.ts";
import { stateDirectory } from "./state-directory.ts";
import { makeTemporaryFolder, sweepTemporaryFolders } from "./temporary-folder.ts";

export class Scratch {
  readonly #env: Environment;
  readonly #parent: string | undefined;
  #folder: string | undefined;

  /** @param parent where files must be that are to be renamed to their place; default: see scratchParent() */
  constructor(env: Environment, parent?: string) {
    this.#env = env;
    this.#parent = parent;
  }

  /** Made at the first call. @throws RunError no-space when there is no place for it */
  async folder(): Promise<string> {
    if (this.#folder === undefined) {
      const parent = this.#parent ?? (await scratchParent(this.#env));
      await sweepTemporaryFolders(parent);
      this.#folder = await makeTemporaryFolder(parent);
    }
    return this.#folder;
  }

  /** Where the folder is; undefined when none was made. */
  get parent(): string | undefined {
    return this.#folder === undefined ? undefined : dirname(this.#folder);
  }

  async remove(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** GILD_TMPDIR, else the XDG state directory, else TMPDIR: large files, so not a memory filesystem by default. */
async function scratchParent(env: Environment): Promise<string> {
  const set = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const candidates = [set("GILD_TMPDIR"), stateDirectory(env), set("TMPDIR"), "/tmp"];
  let last: unknown;
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    try {
      await mkdir(candidate, { recursive: true, mode: 0o700 });
      await access(candidate, constants.W_OK | constants.X_OK);
      return resolve(candidate);
    } catch (error) {
      // An unprivileged user may have a home that is not theirs to write to.
      last = error;
      if (candidate === set("GILD_TMPDIR")) break;
    }
  }
  throw new RunError("no-space", `no folder for temporary files: ${messageOf(last)}; set GILD_TMPDIR`, { cause: last });
}
