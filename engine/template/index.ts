/**
 * obtainTemplate(): the template that fits a launch, made if it is not there yet. Why there is none is an error of code
 * template-unusable, which a launch answers with a cold boot.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";

import { errnoOf, LaunchError, messageOf } from "../errors.ts";
import { ImageError } from "../image-error.ts";
import { lockFile } from "../lock.ts";
import type { Machine } from "../qemu-command.ts";
import type { LaunchSettings, ResolvedSettings } from "../settings.ts";
import { Digests } from "./digests.ts";
import { templateKey, type TemplateKey } from "./key.ts";
import { makeTemplate } from "./make.ts";
import {
  findTemplate,
  hasGivenUp,
  makersLock,
  noteFailure,
  noteSuccess,
  templateFolder,
  touchTemplate,
  unusable,
  type Template,
} from "./store.ts";

export interface TemplateRequest {
  readonly hv: string;
  readonly machine: Machine;
  readonly settings: ResolvedSettings;
  /** The launch's own folder. */
  readonly tmpdir: string;
  readonly onNote: NonNullable<LaunchSettings["onNote"]>;
  readonly signal: AbortSignal | undefined;
}

export interface ObtainedTemplate extends Template {
  /** Takes note that no VM could be restored from it. */
  failed(): void;
  /** Takes note that one was. */
  worked(): void;
}

const WAIT_MS = 50;

/** @throws LaunchError template-unusable; the signal's reason */
export async function obtainTemplate(request: TemplateRequest): Promise<ObtainedTemplate> {
  try {
    return await obtain(request);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof LaunchError) throw error;
    // A cache that cannot be read or written, for example.
    throw unusable(errnoOf(error) || messageOf(error), error);
  }
}

async function obtain(request: TemplateRequest): Promise<ObtainedTemplate> {
  const parent = templateFolder(request.settings.cachedir);
  const digests = new Digests(parent);
  const key = templateKey(request.hv, request.machine, digests);
  if (hasGivenUp(parent, key.key)) {
    throw unusable(
      `restoring from ${join(parent, key.key)} has failed before (gild appliance prune has it tried again)`,
    );
  }
  const blame = (): void => noteFailure(parent, key.key);
  const template = found(parent, key.key, digests) ?? (await made(request, parent, key, digests, blame));
  touchTemplate(template);
  const birth = birthOf(template);
  // Another process may have removed it before it was used, or made it anew since.
  const failed = (): void => {
    if (birthOf(template) === birth) blame();
  };
  const worked = (): void => noteSuccess(parent, key.key);
  return { ...template, failed, worked };
}

/** undefined: there is none. */
function birthOf({ memory }: Template): bigint | undefined {
  return statSync(memory, { bigint: true, throwIfNoEntry: false })?.birthtimeNs;
}

/** A template that fails its checks is as good as none. */
function found(parent: string, key: string, digests: Digests): Template | undefined {
  try {
    return findTemplate(parent, key, digests);
  } catch {
    return undefined;
  }
}

async function made(
  request: TemplateRequest,
  parent: string,
  key: TemplateKey,
  digests: Digests,
  blame: () => void,
): Promise<Template> {
  const { settings, signal } = request;
  const lock = await lockFor(makersLock(parent, key.key), signal);
  try {
    const theirs = found(parent, key.key, digests);
    if (theirs !== undefined) return theirs;
    const text = "template: booting the appliance once, to start it from memory from now on";
    request.onNote({ kind: "making", text });
    const { hv, machine, tmpdir } = request;
    await makeTemplate({
      hv,
      machine,
      parent,
      key,
      env: settings.env,
      tmpdir,
      limitMs: settings.launchTimeoutMs,
      signal,
    });
  } catch (error) {
    if (signal?.aborted !== true) blame();
    throw error;
  } finally {
    await lock.release();
  }
  const template = findTemplate(parent, key.key, digests);
  if (template === undefined) throw unusable(`${join(parent, key.key)}: gone again`);
  return template;
}

/** Waits while another process makes the same template. */
async function lockFor(file: string, signal: AbortSignal | undefined): Promise<{ release(): Promise<void> }> {
  for (;;) {
    try {
      return await lockFile(file, file);
    } catch (error) {
      if (!(error instanceof ImageError) || error.code !== "locked") throw error;
    }
    await later(WAIT_MS, undefined, { signal });
  }
}
