/**
 * Writes a saved plan: the overlays of a finished run beside a JSON file that says what they belong to. Digests are taken
 * while the run goes on; what the plan was made from is looked at again at the end, so that they are of what was used.
 */
import { rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import {
  SAVED_PLAN_FORMAT_VERSION,
  SAVED_PLAN_KIND,
  type InputFile,
  type PlanDocument,
  type SavedImage,
  type SavedInput,
} from "../../schemas/index.ts";
import { contentDigest, inputDigest } from "../content-digest.ts";
import { identify, sameIdentity, type FileIdentity } from "../file-identity.ts";
import { createHostFiles } from "../host-files.ts";
import type { ProbedImage } from "../image-info.ts";
import { digestOverlay } from "../replay.ts";
import { RunError } from "../run-error.ts";
import type { Environment } from "../settings.ts";
import { syncFile, writeWhole } from "../whole-file.ts";
import { encodePlan, overlayFile } from "./document.ts";
import { signatureOf } from "./signature.ts";

export interface SaveOptions {
  /** The JSON file. */
  readonly path: string;
  /** Version of gild. */
  readonly gild: string;
  /** What was read on the host, the recipe first. */
  readonly inputs: readonly InputFile[];
}

/** An image and the changes that are made over it. */
export interface PlannedImage {
  readonly image: ProbedImage;
  readonly seen: FileIdentity;
  readonly overlay: string;
}

export interface Saving {
  /** @returns the files that were written @throws RunError image-changed, input-changed; the system error */
  finish(changed: boolean, plan: PlanDocument): Promise<readonly string[]>;
  /** Ends what goes on. To be called in any case. */
  stop(): Promise<void>;
}

interface Digests {
  readonly images: readonly string[];
  readonly inputs: readonly SavedInput[];
}

/** Begins to take digests. */
export function beginSaving(options: SaveOptions, images: readonly PlannedImage[], env: Environment): Saving {
  const controller = new AbortController();
  const digests = takeDigests(options, images, controller.signal);
  const settled = digests.catch(() => undefined);
  return {
    finish: async (changed, plan) => await save(options, images, { changed, plan, digests: await digests, env }),
    stop: async () => {
      controller.abort(new Error("not needed any more"));
      await settled;
    },
  };
}

async function takeDigests(
  { inputs }: SaveOptions,
  images: readonly PlannedImage[],
  signal: AbortSignal,
): Promise<Digests> {
  const saved: SavedInput[] = [];
  for (const { kind, path, sha256 } of inputs) saved.push({ kind, path, sha256: sha256 ?? (await inputDigest(path)) });
  const contents: string[] = [];
  for (const { image } of images) contents.push(await contentDigest(image.path, signal));
  return { images: contents, inputs: saved };
}

async function save(
  options: SaveOptions,
  images: readonly PlannedImage[],
  run: {
    readonly changed: boolean;
    readonly plan: PlanDocument;
    readonly digests: Digests;
    readonly env: Environment;
  },
): Promise<readonly string[]> {
  const { changed, plan, digests, env } = run;
  const path = resolve(options.path);
  const files = createHostFiles(env);
  for (const { kind, path: input, sha256 } of digests.inputs) {
    if ((await inputDigest(input)) === sha256) continue;
    throw new RunError("input-changed", `${input}: this ${kind} changed while the plan was made`);
  }
  const saved: SavedImage[] = [];
  const written: string[] = [];
  for (const [index, { image, seen, overlay }] of images.entries()) {
    const base = savedImage(image, seen, digests.images[index] ?? "");
    if (!sameIdentity(await identify(image.path), seen)) {
      throw new RunError("image-changed", `${image.path}: another program changed the image during the run`);
    }
    if (!changed) {
      saved.push(base);
      continue;
    }
    const file = overlayFile(path, index);
    await syncFile(overlay, files);
    const [{ size }, sha256] = [await stat(overlay), await digestOverlay(overlay)];
    await rename(overlay, join(dirname(path), file));
    saved.push({ ...base, overlay: { file, size, sha256 } });
    written.push(join(dirname(path), file));
  }
  // The signature of an older plan of this name is not this one's.
  await rm(signatureOf(path), { force: true });
  const document = encodePlan({
    kind: SAVED_PLAN_KIND,
    formatVersion: SAVED_PLAN_FORMAT_VERSION,
    gild: options.gild,
    folder: dirname(path),
    images: saved,
    inputs: digests.inputs,
    plan,
  });
  await writeWhole(path, Buffer.from(document), files);
  return [path, ...written];
}

function savedImage(image: ProbedImage, seen: FileIdentity, sha256: string): SavedImage {
  const { path, format, kind } = image;
  const { dev, ino, size, mtimeNs, ctimeNs } = seen;
  return {
    path,
    format,
    kind,
    seen: {
      dev: String(dev),
      ino: String(ino),
      size: String(size),
      mtimeNs: String(mtimeNs),
      ctimeNs: String(ctimeNs),
    },
    sha256,
  };
}
