/**
 * Every change that a commit or a recovery makes to files of the host goes through this interface, so that it can be
 * recorded, and every crash between two of its calls be tried. Reading does not.
 */
import { constants } from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";

import { errnoOf } from "./errors.ts";
import { loadFileControl, type FileControl } from "./file-control.ts";
import { HostCommandError, runHostCommand } from "./host-command.ts";
import type { Environment } from "./settings.ts";

/** A file open for writing. Nothing is on the disk for sure before sync(). */
export interface OpenFile {
  /** Writes all of the bytes. */
  write(position: number, bytes: Uint8Array): Promise<void>;
  /** Makes a range below the file's end read as zeros. */
  zero(position: number, length: number): Promise<void>;
  truncate(size: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Every function throws the system error. */
export interface HostFiles {
  /** An existing file or block device. A device that is mounted or otherwise claimed is refused (EBUSY). */
  openFile(path: string): Promise<OpenFile>;
  /** A new file, mode 0600. @throws EEXIST */
  createFile(path: string): Promise<OpenFile>;
  /** A copy that shares the blocks, with mode, owner, times and attributes. @returns false where the filesystem has none */
  clone(from: string, to: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens when it is not there. */
  remove(path: string): Promise<void>;
  /** Makes names that were added, changed and removed in a folder last. */
  syncFolder(path: string): Promise<void>;
}

const ZEROS = Buffer.alloc(1 << 20);

export function createHostFiles(env: Environment): HostFiles {
  return {
    // Without O_CREAT, O_EXCL means something for block devices alone.
    openFile: async (path) => openFile(await open(path, constants.O_RDWR | constants.O_EXCL)),
    createFile: async (path) => openFile(await open(path, "wx", 0o600)),
    clone: async (from, to) => await clone(from, to, env),
    rename,
    remove: async (path) => await rm(path, { force: true }),
    syncFolder: async (path) => {
      await using folder = await open(path, "r");
      await folder.sync();
    },
  };
}

function openFile(file: FileHandle): OpenFile {
  let control: FileControl | undefined;
  let holes = true;
  const writeAll = async (position: number, bytes: Uint8Array): Promise<void> => {
    for (let done = 0; done < bytes.length;) {
      done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  };
  return {
    write: writeAll,
    async zero(position, length) {
      if (holes) {
        control ??= await loadFileControl();
        holes = punched(control, file.fd, position, length);
        if (holes) return;
      }
      for (let done = 0; done < length; done += ZEROS.length) {
        await writeAll(position + done, ZEROS.subarray(0, Math.min(ZEROS.length, length - done)));
      }
    },
    truncate: async (size) => await file.truncate(size),
    sync: async () => await file.sync(),
    close: async () => await file.close(),
  };
}

/** @returns false where the filesystem has no holes */
function punched(control: FileControl, fd: number, start: number, length: number): boolean {
  try {
    control.punchHole(fd, { start, length });
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EOPNOTSUPP") throw error;
    return false;
  }
}

/** cp, and not copyFile(): it keeps extended attributes and access control lists. */
async function clone(from: string, to: string, env: Environment): Promise<boolean> {
  try {
    await runHostCommand(["cp", "--reflink=always", "--preserve=all", "--no-target-directory", "--", from, to], {
      env,
    });
    return true;
  } catch (error) {
    await rm(to, { force: true });
    if (error instanceof HostCommandError && error.code === "failed") return false;
    throw error;
  }
}
