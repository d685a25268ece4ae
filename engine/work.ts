/**
 * The disks a run works on: overlays over images (image-work.ts), or new blank files. Ends in one of three ways: thrown
 * away, written into the images, or written to new files.
 */
import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { PlanDocument } from "../schemas/index.ts";
import type { AddDrive } from "./drive.ts";
import { temporaryName } from "./image-paths.ts";
import { openImages } from "./image-work.ts";
import type { ProbedImage } from "./image-info.ts";
import { checkOutput, createPrivateFile, publish } from "./new-image.ts";
import { createImage, type WrittenFormat } from "./qemu-img.ts";
import type { Recovery } from "./recover.ts";
import { RunError } from "./run-error.ts";
import type { SaveOptions } from "./saved-plan/save.ts";
import { Scratch } from "./scratch.ts";
import type { Environment } from "./settings.ts";

/** What becomes of the changed disks. */
export type RunEnd =
  /** Nothing is kept (`plan`). */
  | { readonly kind: "discard" }
  /** The overlays are kept beside a plan file, to be written into the images later (`plan -o`). */
  | ({ readonly kind: "save"; readonly overwrite?: boolean } & SaveOptions)
  /** The images are changed (`apply`). */
  | { readonly kind: "commit" }
  /**
   * New files, one for each disk (`apply -o`); existing ones are replaced only with `overwrite`. Default format: the image's.
   */
  | {
      readonly kind: "output";
      readonly paths: readonly string[];
      readonly format?: WrittenFormat;
      readonly overwrite?: boolean;
    };

/** An image as the user named it. */
export interface GivenImage {
  readonly path: string;
  readonly format?: string;
  /** Changes made to it before, to go on from: an overlay over its bytes, which is copied. Default: none. */
  readonly overlay?: string;
}

export interface NewDisk {
  readonly sizeBytes: bigint;
  readonly format: WrittenFormat;
}

export interface WorkOptions {
  readonly images: readonly GivenImage[];
  /** New blank disks in place of images. */
  readonly create?: readonly NewDisk[];
  readonly end: RunEnd;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Told when an interrupted commit was finished first. */
  readonly onRecovered?: (recovery: Recovery) => void;
}

export interface Work {
  /** The changes go on from those of an earlier run. */
  readonly resumed: boolean;
  /** The images that were opened; none for new disks. */
  readonly images: readonly ProbedImage[];
  /** The disks to change. */
  readonly drives: readonly AddDrive[];
  /** The disks as they were before; none for new disks. */
  readonly bases: readonly AddDrive[];
  /** Where the changes to the images are; none for new disks. */
  readonly overlays: readonly string[];
  /** Folders that the changes are kept in while they are made. */
  readonly folders: readonly string[];
  /**
   * Ends a run that has succeeded.
   *
   * @param changed false: nothing differs, images to be changed are left alone
   * @param plan what was done, for a plan that is saved
   * @returns the files that were written
   * @throws RunError; commit-unfinished: the overlays stay, `gild recover` needs them
   */
  finish(changed: boolean, plan: PlanDocument): Promise<readonly string[]>;
  /**
   * Keeps the changes of a run that has failed, and whose appliance has ended well.
   *
   * @param unseen see KeptRun
   * @returns the file to name to go on; undefined for new disks and for images that gild only reads, of which nothing is kept
   */
  keep(unseen: boolean): Promise<string | undefined>;
  /** Removes everything temporary and gives up the locks. To be called in any case. */
  dispose(): Promise<void>;
}

/** @throws RunError, ImageError */
export async function openWork(options: WorkOptions): Promise<Work> {
  const { end, images, create = [] } = options;
  const disks = images.length === 0 ? create.length : images.length;
  if (disks === 0) throw new RunError("image-missing", "no image is given, and the recipe makes no disk");
  if (end.kind === "output") {
    if (end.paths.length !== disks) {
      throw new RunError("output-count", `-o: ${end.paths.length} new files are named for ${disks} disks`);
    }
    for (const path of end.paths) await checkOutput(resolve(path), end.overwrite === true);
  }
  if (end.kind === "save") {
    if (images.length === 0) throw new RunError("image-missing", "a plan can be saved for images only: use -a");
    await checkOutput(resolve(end.path), end.overwrite === true);
  }
  const scratch = new Scratch(options.env, end.kind === "save" ? dirname(resolve(end.path)) : undefined);
  try {
    return images.length === 0 ? await openBlank(options, create, scratch) : await openImages(options, scratch);
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}

async function openBlank(options: WorkOptions, create: readonly NewDisk[], scratch: Scratch): Promise<Work> {
  const { end, env, signal } = options;
  if (end.kind === "commit") throw new RunError("image-missing", "a new disk needs a name: use -o");
  const outputs = end.kind === "output" ? end.paths.map((path) => resolve(path)) : [];
  const files: string[] = [];
  const dispose = async (): Promise<void> => {
    for (const file of files) await rm(file, { force: true });
    await scratch.remove();
  };
  try {
    for (const [index, { format, sizeBytes }] of create.entries()) {
      const file = temporaryName(outputs[index] ?? join(await scratch.folder(), "disk"), "new");
      files.push(file);
      await createPrivateFile(file);
      await createImage(file, format, sizeBytes, { env, signal });
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    resumed: false,
    images: [],
    drives: files.map((filename, index) => ({
      filename,
      format: create[index]?.format ?? "raw",
      cachemode: "unsafe",
    })),
    bases: [],
    overlays: [],
    folders: files.map((file) => dirname(file)),
    finish: async () => {
      if (end.kind !== "output") return [];
      for (const [index, path] of outputs.entries()) await publish(files[index] ?? "", path, end.overwrite === true);
      return outputs;
    },
    keep: async () => undefined,
    dispose,
  };
}
