/**
 * Overlays over images: what is checked before anything is started (locks, interrupted commits, formats, what a commit could
 * not do), and how the run's changes get from the overlays to where they belong. The images themselves are only opened for
 * reading until then.
 */
import { access, constants, copyFile, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { commitImages } from "./commit.ts";
import { checkDeviceFree } from "./device.ts";
import { isForeign, type DriveSource } from "./drive.ts";
import { errnoOf, messageOf } from "./errors.ts";
import { identify, type FileIdentity } from "./file-identity.ts";
import { ImageError } from "./image-error.ts";
import { checkFree } from "./image-hold.ts";
import { probeImage, requireWritten, type ProbedImage } from "./image-info.ts";
import { anchorOf, resolveImage, temporaryName } from "./image-paths.ts";
import { keepRun } from "./kept-run.ts";
import { lockImage, type ImageLock } from "./lock.ts";
import { createPrivateFile, writeNewImages, type NewCopy } from "./new-image.ts";
import { byteOverlaySize, createByteOverlay, createOverlay } from "./overlay.ts";
import { readCopyOptions } from "./qemu-img.ts";
import { recoverImage } from "./recover.ts";
import { RunError } from "./run-error.ts";
import { beginSaving } from "./saved-plan/save.ts";
import type { Scratch } from "./scratch.ts";
import type { GivenImage, RunEnd, Work, WorkOptions } from "./work.ts";

interface OpenedImage {
  readonly image: ProbedImage;
  readonly lock: ImageLock;
  readonly seen: FileIdentity;
  /** See RecordDisk.anchor. */
  readonly anchor: string;
  readonly overlay: string;
}

/** @throws RunError, ImageError */
export async function openImages(options: WorkOptions, scratch: Scratch): Promise<Work> {
  const { end, env } = options;
  const opened: OpenedImage[] = [];
  let handedOver = false;
  const close = async (): Promise<void> => {
    for (const { lock, overlay } of opened) {
      if (!handedOver) await rm(overlay, { force: true });
      await lock.release();
    }
    await scratch.remove();
  };
  try {
    for (const given of options.images) opened.push(await openImage(given, options, scratch));
  } catch (error) {
    await close();
    throw error;
  }
  const saving = end.kind === "save" ? beginSaving(end, opened, env) : undefined;
  return {
    resumed: options.images.some(({ overlay }) => overlay !== undefined),
    images: opened.map(({ image }) => image),
    drives: opened.map((one) => ({ ...changedSource(one), cachemode: "unsafe" })),
    bases: opened.map((one) => ({ ...sourceOf(one.image), readonly: true })),
    folders: opened.map(({ overlay }) => dirname(overlay)),
    overlays: opened.map(({ overlay }) => overlay),
    finish: async (changed, plan) => {
      if (saving !== undefined) return await saving.finish(changed, plan);
      if (end.kind === "output") return await writeOutputs(opened, end, changed, options);
      if (end.kind === "discard" || !changed) return [];
      try {
        // A commit that cannot be finished now needs the overlays later.
        handedOver = true;
        await commit(opened, options);
        handedOver = false;
      } catch (error) {
        handedOver = error instanceof RunError && error.code === "commit-unfinished";
        throw error;
      }
      return opened.map(({ image }) => image.path);
    },
    keep: async (unseen) => {
      if (opened.some(({ image }) => isForeign(image.format))) return undefined;
      const sources = opened.map(({ image, seen, overlay }) => ({
        path: image.path,
        format: image.format,
        seen,
        overlay,
      }));
      const folder = scratch.parent ?? dirname(sources[0]?.overlay ?? "");
      return await keepRun(folder, sources, { unseen, env });
    },
    dispose: async () => {
      await saving?.stop();
      await close();
    },
  };
}

async function openImage(given: GivenImage, options: WorkOptions, scratch: Scratch): Promise<OpenedImage> {
  const { end, env, signal } = options;
  const path = await resolveImage(given.path);
  const lock = await lockImage(path, { env });
  try {
    const anchor = anchorOf(path, env);
    const recovery = await recoverImage(path, anchor, { env });
    if (recovery !== undefined) options.onRecovered?.(recovery);
    const seen = await identifyImage(path, given.path);
    const image = await probeImage(path, { env, signal, format: given.format });
    await refuseUnfit(image, end);
    const overlay = temporaryName(await overlayPlace(anchor, image, end, scratch), "overlay");
    if (isForeign(image.format)) {
      await createOverlay({ path: overlay, backing: sourceOf(image), env, signal });
    } else if (given.overlay === undefined) {
      await createByteOverlay({ path: overlay, sizeBytes: byteOverlaySize(image), env, signal });
    } else {
      await copyOverlay(given.overlay, overlay);
    }
    return { image, lock, seen, anchor, overlay };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The image is committed with a copy: its record must not need a file that may be anywhere. */
async function copyOverlay(from: string, to: string): Promise<void> {
  await createPrivateFile(to);
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    await rm(to, { force: true });
    throw new RunError("overlay-damaged", `${from}: the overlay cannot be copied: ${messageOf(cause)}`, { cause });
  }
}

async function identifyImage(path: string, given: string): Promise<FileIdentity> {
  try {
    return await identify(path);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") throw new ImageError("missing", given, "no such file", { cause });
    throw cause;
  }
}

/** A path that the overlay gets its name from. */
async function overlayPlace(anchor: string, image: ProbedImage, end: RunEnd, scratch: Scratch): Promise<string> {
  if (end.kind === "discard" || end.kind === "save") return join(await scratch.folder(), "disk");
  if (end.kind === "output") return resolve(end.paths[0] ?? image.path);
  if (image.kind === "block") await mkdir(dirname(anchor), { recursive: true, mode: 0o700 });
  return anchor;
}

async function commit(opened: readonly OpenedImage[], { env, signal }: WorkOptions): Promise<void> {
  const disks = opened.map(({ image, seen, overlay, anchor }) => ({ image: image.path, seen, overlay, anchor }));
  await commitImages(disks, { env, signal });
}

/** Without a change a copy is one of the image, whatever mounting has written to the overlay. */
async function writeOutputs(
  opened: readonly OpenedImage[],
  end: Extract<RunEnd, { kind: "output" }>,
  changed: boolean,
  { env, signal }: WorkOptions,
): Promise<readonly string[]> {
  const copies: NewCopy[] = [];
  for (const [index, one] of opened.entries()) {
    const { image } = one;
    const format = end.format ?? (isForeign(image.format) ? "qcow2" : image.format);
    const keep = image.format === "qcow2" && format === "qcow2";
    const createOptions = keep ? await readCopyOptions(image.path, { env, signal }) : [];
    copies.push({
      source: changed ? changedSource(one) : sourceOf(image),
      target: { path: resolve(end.paths[index] ?? ""), format, createOptions },
    });
  }
  await writeNewImages(copies, end.overwrite === true, { env, signal });
  return copies.map(({ target }) => target.path);
}

/** What a run could not end with, found out before any work is done. */
async function refuseUnfit(image: ProbedImage, end: RunEnd): Promise<void> {
  const { path, kind } = image;
  if (end.kind === "commit" || end.kind === "save") requireWritten(image);
  if (end.kind !== "commit") {
    await checkFree(path, "read");
    return;
  }
  if (kind === "file") {
    const { nlink } = await stat(path);
    if (nlink > 1) {
      const text = `${path}: the file has ${nlink} hard links, and the others would show a half-written or an old image`;
      throw new RunError("image-refused", `${text}; use -o`);
    }
    await needWritable(dirname(path), constants.W_OK | constants.X_OK, `${path}: its folder is not writable`);
  }
  await needWritable(path, constants.W_OK, `${path}: it is not writable`);
  if (kind === "block") await checkDeviceFree(path);
  await checkFree(path, "write");
}

async function needWritable(path: string, mode: number, text: string): Promise<void> {
  try {
    await access(path, mode);
  } catch (cause) {
    throw new RunError("image-refused", `${text}; use -o for a new image`, { cause });
  }
}

/** The image with the changes to it: under an overlay over its bytes, or over what a guest sees of it. */
function changedSource({ image, overlay }: OpenedImage): DriveSource {
  const source = sourceOf(image);
  return isForeign(image.format) ? { filename: overlay, format: "qcow2", backing: source } : { ...source, overlay };
}

function sourceOf({ path, format, backing }: ProbedImage): DriveSource {
  return { filename: path, format, ...(backing === undefined ? {} : { backing }) };
}
