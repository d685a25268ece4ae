/**
 * Where templates are kept: one folder for each key, mode 0700, below a folder that only its owner can enter.
 *
 *     <cachedir>/template/digests.json          see digests.ts
 *     <cachedir>/template/<key>/memory          RAM of the stopped VM, sparse
 *     <cachedir>/template/<key>/state           its devices, as qemu's migration stream
 *     <cachedir>/template/<key>/manifest.json   digests of both, and what the key stands for
 *     <cachedir>/template/<key>.failures        how often a VM could not be restored from it, since one could
 *
 * Makes and restores none (make.ts, restore.ts).
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { LaunchError } from "../errors.ts";
import { isLocked } from "../lock.ts";
import type { Digests } from "./digests.ts";

export interface Template {
  readonly folder: string;
  readonly memory: string;
  readonly state: string;
}

export interface TemplateManifest {
  readonly formatVersion: 1;
  /** What the key is the digest of. */
  readonly ingredients: Readonly<Record<string, unknown>>;
  readonly memory: string;
  readonly state: string;
}

/** A template that failed this often is left alone, until it is pruned or this has passed: a full disk does not stay full. */
const MOST_FAILURES = 2;
const FORGIVEN_MS = 3_600_000;
/** Templates that making another one leaves: memory sizes, networks, versions in use side by side. */
const KEPT_TEMPLATES = 6;
const FAILURES = ".failures";

/** The folder of all templates; makes it. @throws LaunchError template-unusable when others could write there */
export function templateFolder(cachedir: string): string {
  const folder = join(cachedir, "template");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  requirePrivate(folder);
  return folder;
}

export function templateAt(parent: string, key: string): Template {
  const folder = join(parent, key);
  return { folder, memory: join(folder, "memory"), state: join(folder, "state") };
}

/**
 * The template of this key, checked: owner, mode, and (once per boot of the host) content.
 *
 * @returns undefined when there is none
 * @throws LaunchError template-unusable
 */
export function findTemplate(parent: string, key: string, digests: Digests): Template | undefined {
  const template = templateAt(parent, key);
  let text: string;
  try {
    text = readFileSync(join(template.folder, "manifest.json"), "utf8");
  } catch {
    return undefined;
  }
  // Written by saveManifest(); anything else fails the comparison below.
  const manifest = JSON.parse(text) as Partial<TemplateManifest>;
  for (const path of [template.folder, template.memory, template.state]) requirePrivate(path);
  for (const [path, expected] of [
    [template.memory, manifest.memory] as const,
    [template.state, manifest.state] as const,
  ]) {
    if (digests.of(path) !== expected) throw unusable(`${path}: its content has changed`);
  }
  return template;
}

/** A folder to make a template in; what killed makers of this one left is removed. Only while the key's lock is held. */
export function makeWorkFolder(parent: string, key: string): string {
  removeWork(parent, (other) => other === key);
  return mkdtempSync(join(parent, `.${key}-`));
}

function removeWork(parent: string, isLeft: (key: string) => boolean): void {
  for (const name of readdirSync(parent)) {
    const key = /^\.(.+)-[^-]+$/u.exec(name)?.[1];
    if (key !== undefined && isLeft(key)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** The lock of whoever makes a template. */
export function makersLock(parent: string, key: string): string {
  return join(parent, `${key}.lock`);
}

export function saveManifest(folder: string, manifest: TemplateManifest): void {
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

/** Takes note that a VM could not be restored; the template is made anew by the next launch, or after that left alone. */
export function noteFailure(parent: string, key: string): void {
  writeFileSync(failuresFile(parent, key), String(failures(parent, key) + 1), { mode: 0o600 });
  rmSync(join(parent, key), { recursive: true, force: true });
}

/** What failed before had other reasons: a qemu that was killed, for example. */
export function noteSuccess(parent: string, key: string): void {
  rmSync(failuresFile(parent, key), { force: true });
}

/** Whether the template of this key has failed so often, without working in between, that making it again makes no sense. */
export function hasGivenUp(parent: string, key: string): boolean {
  return failures(parent, key) >= MOST_FAILURES;
}

/** Tells pruning that a template is in use. */
export function touchTemplate(template: Template): void {
  const now = new Date();
  utimesSync(template.folder, now, now);
}

/** Removes all but the templates used last, and what killed makers left. VMs restored from a removed one keep its files open. */
export function pruneTemplates(parent: string, kept: number = KEPT_TEMPLATES): string[] {
  // A folder that is made after the names were read is not among them.
  removeWork(parent, (key) => !isLocked(makersLock(parent, key)));
  const folders = readdirSync(parent, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  const byUse = folders
    .map(({ name }) => ({ name, usedMs: statSync(join(parent, name)).mtimeMs }))
    .sort((a, b) => b.usedMs - a.usedMs);
  const removed = byUse.slice(kept).map(({ name }) => name);
  for (const name of removed) rmSync(join(parent, name), { recursive: true, force: true });
  return removed;
}

/** Templates that failed may be tried again. */
export function forgetFailures(parent: string): void {
  for (const name of readdirSync(parent)) if (name.endsWith(FAILURES)) rmSync(join(parent, name));
}

export function unusable(reason: string, cause?: unknown): LaunchError {
  return new LaunchError("template-unusable", `template: ${reason}`, cause === undefined ? {} : { cause });
}

function requirePrivate(path: string): void {
  const { uid, mode } = statSync(path);
  if (uid !== process.getuid?.()) throw unusable(`${path}: belongs to another user`);
  if ((mode & 0o077) !== 0) throw unusable(`${path}: others may enter or read it`);
}

function failures(parent: string, key: string): number {
  const file = failuresFile(parent, key);
  try {
    return Date.now() - statSync(file).mtimeMs > FORGIVEN_MS ? 0 : Number(readFileSync(file, "latin1"));
  } catch {
    return 0;
  }
}

function failuresFile(parent: string, key: string): string {
  return join(parent, `${key}${FAILURES}`);
}
