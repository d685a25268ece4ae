/**
 * New image files: a copy of what a guest would see of an image or overlay, or a blank disk. Completed under another name,
 * written through to the disk, then renamed: what stands under the name is whole.
 */
import { chmod, lstat, open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { noSpace } from "./commit-room.ts";
import type { DriveSource } from "./drive.ts";
import { errnoOf } from "./errors.ts";
import { HostCommandError } from "./host-command.ts";
import { temporaryName } from "./image-paths.ts";
import { copyImage, measureCopy, type QemuImgOptions, type WrittenFormat } from "./qemu-img.ts";
import { RunError } from "./run-error.ts";

export interface NewImage {
  /** Where it will be; absolute. */
  readonly path: string;
  readonly format: WrittenFormat;
  readonly createOptions?: readonly string[];
}

export interface NewCopy {
  readonly source: DriveSource;
  readonly target: NewImage;
}

const FILE_MODE = 0o666;

/** Writes new files, none before all are complete. @param overwrite allows existing regular files to be replaced */
export async function writeNewImages(
  copies: readonly NewCopy[],
  overwrite: boolean,
  options: QemuImgOptions,
): Promise<void> {
  const files: string[] = [];
  try {
    for (const { source, target } of copies) {
      await checkOutput(target.path, overwrite);
      const file = temporaryName(target.path, "new");
      files.push(file);
      await createPrivateFile(file);
      await fillCopy(source, { ...target, path: file }, target.path, options);
    }
    for (const [index, { target }] of copies.entries()) await publish(files[index] ?? "", target.path, overwrite);
  } finally {
    // After the renames there is nothing by these names.
    for (const file of files) await rm(file, { force: true });
  }
}

/** Puts a finished file in its place: the mode of a new file, written through, renamed. */
export async function publish(file: string, path: string, overwrite: boolean): Promise<void> {
  await checkOutput(path, overwrite);
  await chmod(file, FILE_MODE & ~process.umask());
  await sync(file);
  await rename(file, path);
  await sync(dirname(path));
}

/** @throws RunError when something stands where the output should go */
export async function checkOutput(path: string, overwrite: boolean): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isFile()) throw new RunError("output-kind", `${path}: exists and is no regular file`);
  if (!overwrite) throw new RunError("output-exists", `${path}: exists already; --force replaces it`);
}

/** An empty file, mode 0600, that only we know. */
export async function createPrivateFile(path: string): Promise<void> {
  await (await open(path, "wx", 0o600)).close();
}

/** @param shown the name to use in messages */
async function fillCopy(source: DriveSource, target: NewImage, shown: string, options: QemuImgOptions): Promise<void> {
  if (target.format === "qcow2") await checkCopyRoom(source, target, shown, options);
  try {
    await copyImage(source, target, options);
  } catch (error) {
    if (error instanceof HostCommandError && /No space left on device/u.test(error.stderr)) {
      throw noSpace(shown, "", error);
    }
    throw error;
  }
}

/** A raw copy is sparse and cannot be measured beforehand: it fails while it is written, which is as harmless. */
async function checkCopyRoom(
  source: DriveSource,
  target: NewImage,
  shown: string,
  options: QemuImgOptions,
): Promise<void> {
  const needed = await measureCopy(source, target.format, options);
  const { bavail, bsize } = await statfs(dirname(target.path), { bigint: true });
  const free = bavail * bsize;
  if (needed > free) throw noSpace(shown, `: the new image needs up to ${needed} bytes, ${free} are free`);
}

/** Files and directories alike. */
async function sync(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}
