/**
 * Ends a run that has succeeded: the changed disk becomes a complete new file beside the image, is written through to the
 * disk, and is renamed over the image. At every moment the image's name stands for the whole old or the whole new content;
 * killed before the rename, the image was never touched. The price is room for a second copy and the time to write it.
 * Block devices cannot be renamed and are refused; host-side extended attributes of the file are not carried over.
 */
import { randomBytes } from "node:crypto";
import { chmod, chown, lstat, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { errnoOf, messageOf } from "./errors.ts";
import { HostCommandError } from "./host-command.ts";
import { copyImage, measureCopy, type ImageSource, type QemuImgOptions, type WrittenFormat } from "./qemu-img.ts";
import { RunError } from "./run-error.ts";

/** What identifies a file's content as seen at one time, without reading it. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface NewImage {
  /** Where it will be, symlinks resolved. */
  readonly path: string;
  readonly format: WrittenFormat;
  readonly createOptions?: readonly string[];
}

const FILE_MODE = 0o666;

export async function identify(path: string): Promise<FileIdentity> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return { dev, ino, size, mtimeNs, ctimeNs };
}

/**
 * Replaces an image by what its overlay shows.
 *
 * @param seen the image as it was when the run began; it must still be so
 * @throws RunError no-space, image-changed; HostCommandError
 */
export async function replaceImage(
  overlay: ImageSource,
  image: NewImage,
  seen: FileIdentity,
  options: QemuImgOptions,
): Promise<void> {
  await withNewFile(image.path, async (file) => {
    await fillCopy(overlay, { ...image, path: file }, image.path, options);
    const { mode, uid, gid } = await stat(image.path);
    await giveTo(file, uid, gid, image.path);
    await chmod(file, mode & 0o7777);
    await syncFile(file);
    options.signal?.throwIfAborted();
    const now = await identify(image.path);
    if (!sameFile(now, seen)) {
      throw new RunError(
        "image-changed",
        `${image.path}: another program changed the image during the run; nothing was written`,
      );
    }
    await rename(file, image.path);
    await syncFile(dirname(image.path));
  });
}

/** Writes a new file from an overlay or image. @param overwrite allows an existing regular file to be replaced */
export async function writeNewImage(
  source: ImageSource,
  target: NewImage,
  overwrite: boolean,
  options: QemuImgOptions,
): Promise<void> {
  await checkOutput(target.path, overwrite);
  await withNewFile(target.path, async (file) => {
    await fillCopy(source, { ...target, path: file }, target.path, options);
    await publish(file, target.path, overwrite);
  });
}

/** Puts a finished file in its place: the mode of a new file, written through, renamed. */
export async function publish(file: string, path: string, overwrite: boolean): Promise<void> {
  await checkOutput(path, overwrite);
  await chmod(file, FILE_MODE & ~process.umask());
  await syncFile(file);
  await rename(file, path);
  await syncFile(dirname(path));
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

/** A name beside `path` that only gild uses; see {@link removeLeftovers}. */
export function temporaryName(path: string, purpose: "new" | "overlay"): string {
  return join(dirname(path), `.${basename(path)}.gild-${purpose}-${randomBytes(6).toString("hex")}`);
}

/** Removes files that a killed run left beside an image. Only while the image's lock is held. */
export async function removeLeftovers(path: string): Promise<void> {
  const prefix = `.${basename(path)}.gild-`;
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (name.startsWith(prefix) && /^(new|overlay)-[0-9a-f]{12}$/u.test(name.slice(prefix.length))) {
      await rm(join(dirname(path), name), { force: true });
    }
  }
}

/** An empty file, mode 0600, that only we know. */
export async function createPrivateFile(path: string): Promise<void> {
  await (await open(path, "wx", 0o600)).close();
}

async function withNewFile(path: string, fill: (file: string) => Promise<void>): Promise<void> {
  const file = temporaryName(path, "new");
  await createPrivateFile(file);
  try {
    await fill(file);
  } finally {
    // After the rename there is nothing by this name.
    await rm(file, { force: true });
  }
}

/** @param shown the name to use in messages */
async function fillCopy(source: ImageSource, target: NewImage, shown: string, options: QemuImgOptions): Promise<void> {
  if (target.format === "qcow2") await checkRoom(source, target, shown, options);
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
async function checkRoom(source: ImageSource, target: NewImage, shown: string, options: QemuImgOptions): Promise<void> {
  const needed = await measureCopy(source, target.format, options);
  const { bavail, bsize } = await statfs(dirname(target.path), { bigint: true });
  const free = bavail * bsize;
  if (needed > free) throw noSpace(shown, `: the new image needs up to ${needed} bytes, ${free} are free`);
}

function noSpace(shown: string, detail: string, cause?: unknown): RunError {
  const text = `${shown}: no space left on its filesystem${detail}; the image is unchanged`;
  return new RunError("no-space", text, cause === undefined ? {} : { cause });
}

async function giveTo(file: string, uid: number, gid: number, shown: string): Promise<void> {
  const own = await stat(file);
  if (own.uid === uid && own.gid === gid) return;
  try {
    await chown(file, uid, gid);
  } catch (error) {
    throw new RunError("image-refused", `${shown}: its owner cannot be kept: ${messageOf(error)}; use -o`, {
      cause: error,
    });
  }
}

/** Files and directories alike. */
async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}
