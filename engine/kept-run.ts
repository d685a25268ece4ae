/**
 * Failed runs that are kept: the overlays as the failing step has left them, and beside them a small JSON file that says what they
 * are over, to be looked into and gone on from. For this machine and these very images; a plan that travels is a saved plan.
 */
import { randomBytes } from "node:crypto";
import { chmod, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import type { DriveFormat } from "./drive.ts";
import { messageOf } from "./errors.ts";
import { identify, type FileIdentity } from "./file-identity.ts";
import { createHostFiles } from "./host-files.ts";
import { members } from "./members.ts";
import { measureOverlay } from "./replay.ts";
import { RunError } from "./run-error.ts";
import type { Environment } from "./settings.ts";
import { writeWhole } from "./whole-file.ts";

/** An image with the changes that were kept. Absolute paths. */
export interface KeptImage {
  readonly path: string;
  readonly format: DriveFormat;
  readonly overlay: string;
}

export interface KeptRun {
  /** In the order of their devices. */
  readonly images: readonly KeptImage[];
  /** Steps wrote to devices in ways that comparing does not show, or may have: programs of the guest ran. */
  readonly unseen: boolean;
}

/** An image, and how it was when its overlay was made. */
export interface KeptSource extends KeptImage {
  readonly seen: FileIdentity;
}

const KIND = "gild kept run";

/**
 * Keeps overlays: they are moved beside the JSON file, mode 0600 as they are.
 *
 * @param folder on the overlays' filesystem
 * @returns the JSON file, which has a name that nothing had
 * @throws the system error
 */
export async function keepRun(
  folder: string,
  sources: readonly KeptSource[],
  { unseen, env }: { readonly unseen: boolean; readonly env: Environment },
): Promise<string> {
  const name = `${basename(sources[0]?.path ?? "")}.kept-${randomBytes(3).toString("hex")}`;
  const images = [];
  for (const [index, { path, format, seen, overlay }] of sources.entries()) {
    const file = `${name}.disk${index}.overlay`;
    await chmod(overlay, 0o600);
    await rename(overlay, join(folder, file));
    images.push({ path, format, overlay: file, seen: textOf(seen) });
  }
  const path = join(folder, name);
  await writeWhole(
    path,
    Buffer.from(`${JSON.stringify({ kind: KIND, unseen, images }, null, 2)}\n`),
    createHostFiles(env),
  );
  return path;
}

/**
 * Reads what keepRun() wrote.
 *
 * @throws RunError kept-damaged, overlay-damaged; image-changed when an image is not any more what the overlay is over
 */
export async function readKeptRun(path: string): Promise<KeptRun> {
  const { kind, unseen, images } = members(await readJson(path));
  if (kind !== KIND || typeof unseen !== "boolean" || !Array.isArray(images) || images.length === 0)
    throw damaged(path);
  const kept: KeptImage[] = [];
  for (const image of images) kept.push(await readImage(path, members(image)));
  return { images: kept, unseen };
}

/** Removes a kept run that is not needed any more. */
export async function removeKeptRun(path: string, { images }: KeptRun): Promise<void> {
  for (const file of [path, ...images.map(({ overlay }) => overlay)]) await rm(file, { force: true });
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new RunError("kept-damaged", `${path}: not a kept run: ${messageOf(cause)}`, { cause });
  }
}

async function readImage(
  note: string,
  { path, format, overlay, seen }: ReturnType<typeof members>,
): Promise<KeptImage> {
  if (typeof path !== "string" || (format !== "raw" && format !== "qcow2")) throw damaged(note);
  if (typeof overlay !== "string" || overlay !== basename(overlay)) throw damaged(note);
  const file = join(dirname(resolve(note)), overlay);
  // Refuses what qemu must not open: an overlay that names other files.
  await measureOverlay(file).catch((cause: unknown) => {
    if (cause instanceof RunError) throw cause;
    throw new RunError("overlay-damaged", `${file}: the overlay cannot be read: ${messageOf(cause)}`, { cause });
  });
  const now = await identify(path).then(textOf, () => undefined);
  const then = members(seen);
  if (now === undefined || Object.entries(now).some(([name, value]) => then[name] !== value)) {
    throw new RunError("image-changed", `${path}: changed since ${note} was kept, which does not fit it any more`);
  }
  return { path, format, overlay: file };
}

/** JSON has no 64-bit numbers. */
function textOf(identity: FileIdentity): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(identity).map(([name, value]) => [name, String(value)]));
}

function damaged(path: string): RunError {
  return new RunError("kept-damaged", `${path}: not a kept run of this version of gild`);
}
