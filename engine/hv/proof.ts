/**
 * A launch of libguestfs that began with a restore cannot go on with a boot: its process has become qemu. So a template is
 * used for one only when a VM has been seen to go on from it, which a VM without disks tries once.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";

import { ConsoleLog } from "../console-log.ts";
import { LaunchError } from "../errors.ts";
import type { Machine } from "../qemu-command.ts";
import type { Environment } from "../settings.ts";
import type { ObtainedTemplate } from "../template/index.ts";
import { resume, startRestored } from "../template/restore.ts";
import { unusable, type Template } from "../template/store.ts";

export interface ProofOptions {
  readonly hv: string;
  readonly machine: Machine;
  readonly template: ObtainedTemplate;
  readonly env: Environment;
  readonly tmpdir: string;
  readonly signal: AbortSignal;
}

/** How long a restored VM may take to say its word, ms: a hundred times what it takes. */
export const RESTORE_MS = 30_000;

/** What the init says when it has done what a restored VM has to do: appliance/init/template.c. */
const WORD = "restored\n";

/** @throws LaunchError template-unusable; the signal's reason */
export async function ensureProved(options: ProofOptions): Promise<void> {
  const { template, signal } = options;
  if (existsSync(proofFile(template))) return;
  try {
    await tryRestore(options);
  } catch (error) {
    signal.throwIfAborted();
    template.failed();
    throw unusable("a VM was restored from it on trial and did not go on", error);
  }
  template.worked();
  writeFileSync(proofFile(template), "", { mode: 0o600 });
}

/** The next launch tries the template again before it uses it. */
export function withdrawProof(template: Template): void {
  rmSync(proofFile(template), { force: true });
}

/** Resolves when the init of a restored VM says its word on its port. @throws LaunchError launch-failed */
export function heard(port: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    port.on("data", (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString("latin1");
      if (text === WORD) resolve();
      else if (!WORD.startsWith(text)) port.destroy();
    });
    port.on("error", () => port.destroy());
    port.on("close", () => reject(new LaunchError("launch-failed", "the restored VM did not go on")));
  });
}

async function tryRestore(options: ProofOptions): Promise<void> {
  const qemu = await startRestored({ ...options, drives: [], log: new ConsoleLog(), pgroup: false });
  const stop = (): void => qemu.kill("SIGKILL");
  const timer = setTimeout(stop, RESTORE_MS);
  options.signal.addEventListener("abort", stop);
  try {
    await Promise.all([heard(qemu.sockets.restore), resume(qemu.sockets, [])]);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", stop);
    stop();
    await qemu.ended;
  }
}

function proofFile({ folder }: Template): string {
  return join(folder, "proved");
}
