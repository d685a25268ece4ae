/**
 * The disk a run works on: an overlay over the image, or a new blank file. Opens (lock, format, what must be refused before
 * anything is started), names the drives, and ends in one of three ways: thrown away, written over the image, or written to
 * a new file. The image itself is only ever opened for reading until it is replaced as a whole.
 */
import { access, constants, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import {
  checkOutput,
  createPrivateFile,
  identify,
  publish,
  removeLeftovers,
  replaceImage,
  temporaryName,
  writeNewImage,
  type FileIdentity,
} from "./commit.ts";
import type { AddDrive, DriveSource } from "./drive.ts";
import { messageOf } from "./errors.ts";
import { probeImage, type ProbedImage } from "./image-info.ts";
import { lockImage, type ImageLock } from "./lock.ts";
import { createOverlay } from "./overlay.ts";
import { createImage, readCopyOptions, type WrittenFormat } from "./qemu-img.ts";
import { RunError } from "./run-error.ts";
import type { Environment } from "./settings.ts";

/** What becomes of the changed disk. */
export type RunEnd =
  /** Nothing is kept (`plan`). */
  | { readonly kind: "discard" }
  /** The image is replaced (`apply`). */
  | { readonly kind: "commit" }
  /** A new file (`apply -o`); an existing one is replaced only with `overwrite`. Default format: the image's. */
  | {
      readonly kind: "output";
      readonly path: string;
      readonly format?: WrittenFormat;
      readonly overwrite?: boolean;
    };

export interface WorkOptions {
  readonly image?: { readonly path: string; readonly format?: string };
  /** A new blank disk in place of an image. */
  readonly create?: { readonly sizeBytes: bigint; readonly format: WrittenFormat };
  readonly end: RunEnd;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

export interface Work {
  /** The image that was opened; absent for a new disk. */
  readonly image: ProbedImage | undefined;
  /** The disk to change. */
  readonly drive: AddDrive;
  /** The disk as it was before; absent for a new disk. */
  readonly base: AddDrive | undefined;
  /**
   * Ends a run that has succeeded.
   *
   * @param changed false: nothing differs, an image to be replaced is left alone
   * @returns the file that was written
   */
  finish(changed: boolean): Promise<string | undefined>;
  /** Removes everything temporary and gives up the lock. To be called in any case. */
  dispose(): Promise<void>;
}

/** @throws RunError, ImageError */
export async function openWork(options: WorkOptions): Promise<Work> {
  if (options.end.kind === "output") await checkOutput(resolve(options.end.path), options.end.overwrite === true);
  if (options.image !== undefined) return await openImage(options, options.image);
  if (options.create === undefined)
    throw new RunError("image-missing", "no image is given, and the recipe makes no disk");
  return await openBlank(options, options.create);
}

async function openImage(
  options: WorkOptions,
  given: { readonly path: string; readonly format?: string },
): Promise<Work> {
  const { env, end, signal } = options;
  const image = await probeImage(given.path, { env, ...(given.format === undefined ? {} : { format: given.format }) });
  await refuseUnfit(image, end);
  const lock = await lockImage(image.path, { env });
  try {
    const seen = await identify(image.path);
    if (end.kind === "commit") await removeLeftovers(image.path);
    const overlay = await temporaryFile(end.kind === "commit" ? image.path : undefined, options, "overlay");
    const source = sourceOf(image);
    await createOverlay({ path: overlay, backing: source, env });
    return {
      image,
      drive: { filename: overlay, format: "qcow2", backing: source, cachemode: "unsafe" },
      base: { ...source, readonly: true },
      finish: async (changed) => await finishImage({ image, seen, overlay, end, env, signal }, changed),
      dispose: async () => await disposeOf(overlay, lock),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface ImageRun {
  readonly image: ProbedImage;
  readonly seen: FileIdentity;
  readonly overlay: string;
  readonly end: RunEnd;
  readonly env: Environment;
  readonly signal: AbortSignal | undefined;
}

async function finishImage(run: ImageRun, changed: boolean): Promise<string | undefined> {
  const { image, seen, end, env, signal } = run;
  if (end.kind === "discard" || (end.kind === "commit" && !changed)) return undefined;
  const overlay = { path: run.overlay, format: "qcow2" };
  const kept = { env, signal };
  const createOptions = image.format === "qcow2" ? await readCopyOptions(image.path, kept) : [];
  if (end.kind === "commit") {
    await replaceImage(overlay, { path: image.path, format: image.format, createOptions }, seen, kept);
    return image.path;
  }
  const path = resolve(end.path);
  const format = end.format ?? image.format;
  // Without a change the copy is one of the image, whatever mounting has written to the overlay.
  const source = changed ? overlay : { path: image.path, format: image.format };
  const target = { path, format, createOptions: format === image.format ? createOptions : [] };
  await writeNewImage(source, target, end.overwrite === true, kept);
  return path;
}

async function openBlank(
  options: WorkOptions,
  create: { readonly sizeBytes: bigint; readonly format: WrittenFormat },
): Promise<Work> {
  const { end, env, signal } = options;
  if (end.kind === "commit") throw new RunError("image-missing", "a new disk needs a name: use -o");
  const output = end.kind === "output" ? resolve(end.path) : undefined;
  const file = await temporaryFile(output, options, "new");
  try {
    await createPrivateFile(file);
    await createImage(file, create.format, create.sizeBytes, { env, signal });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return {
    image: undefined,
    drive: { filename: file, format: create.format, cachemode: "unsafe" },
    base: undefined,
    finish: async () => {
      if (end.kind !== "output" || output === undefined) return undefined;
      await publish(file, output, end.overwrite === true);
      return output;
    },
    dispose: async () => await rm(file, { force: true }),
  };
}

/** What cannot be replaced by a renamed file, found out before any work is done. */
async function refuseUnfit(image: ProbedImage, end: RunEnd): Promise<void> {
  if (end.kind !== "commit") return;
  const { path } = image;
  if (image.kind === "block") {
    throw new RunError("not-yet", `${path}: block devices cannot be changed in place yet; use -o for a new image`);
  }
  const { nlink } = await stat(path);
  if (nlink > 1) {
    throw new RunError(
      "image-refused",
      `${path}: the file has ${nlink} hard links, and the others would keep the old image; use -o`,
    );
  }
  if (image.snapshots > 0) {
    throw new RunError(
      "image-refused",
      `${path}: its ${image.snapshots} internal snapshots would be lost; delete them or use -o`,
    );
  }
  if (image.backing !== undefined) {
    throw new RunError(
      "image-refused",
      `${path}: an image with a backing file would be made independent of it; use -o`,
    );
  }
  await needWritable(dirname(path), path);
}

async function needWritable(folder: string, image: string): Promise<void> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new RunError("image-refused", `${image}: its folder is not writable; use -o for a new image`, {
      cause: error,
    });
  }
}

/** A name for a temporary file beside `beside`, else in the folder for scratch files. */
async function temporaryFile(
  beside: string | undefined,
  options: WorkOptions,
  purpose: "new" | "overlay",
): Promise<string> {
  const near = beside ?? (options.end.kind === "output" ? resolve(options.end.path) : undefined);
  return temporaryName(near ?? join(await scratchFolder(options.env), "run"), purpose);
}

/** GILD_TMPDIR, else the XDG state directory, else TMPDIR: large files, so not a memory filesystem by default. */
async function scratchFolder(env: Environment): Promise<string> {
  const set = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const state =
    set("XDG_STATE_HOME") ?? (set("HOME") === undefined ? undefined : join(env["HOME"] ?? "", ".local/state"));
  const candidates = [set("GILD_TMPDIR"), state === undefined ? undefined : join(state, "gild"), set("TMPDIR"), "/tmp"];
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

function sourceOf(image: ProbedImage): DriveSource {
  const { path, format, backing } = image;
  return { filename: path, format, ...(backing === undefined ? {} : { backing }) };
}

async function disposeOf(overlay: string, lock: ImageLock): Promise<void> {
  try {
    await rm(overlay, { force: true });
  } finally {
    await lock.release();
  }
}
