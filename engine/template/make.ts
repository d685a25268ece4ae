/**
 * Makes a template: boots the appliance without disks and with its memory in a file, waits until its init says that it is
 * ready, stops it, and saves its devices. Other processes that want the same one wait for it (lock.ts).
 */
import { closeSync, createWriteStream, ftruncateSync, openSync, renameSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { REHEARSAL_DISK, unplug } from "../bulk/disks.ts";
import { ConsoleLog } from "../console-log.ts";
import { LaunchError } from "../errors.ts";
import { startQemu, type QemuProcess } from "../launch-direct.ts";
import { templateArguments, type Machine } from "../qemu-command.ts";
import { Qmp } from "../qmp.ts";
import type { Environment } from "../settings.ts";
import { digestFile } from "./digests.ts";
import type { TemplateKey } from "./key.ts";
import { makeWorkFolder, pruneTemplates, saveManifest } from "./store.ts";

export interface MakeOptions {
  readonly hv: string;
  readonly machine: Machine;
  readonly parent: string;
  readonly key: TemplateKey;
  readonly env: Environment;
  readonly tmpdir: string;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Only while the lock of the key is held. @throws LaunchError; the signal's reason */
export async function makeTemplate(options: MakeOptions): Promise<void> {
  const { parent, key, signal } = options;
  const folder = makeWorkFolder(parent, key.key);
  const log = new ConsoleLog();
  let qemu: QemuProcess | undefined;
  const stop = (): void => qemu?.kill("SIGKILL");
  signal?.addEventListener("abort", stop);
  const timer = setTimeout(stop, options.limitMs);
  try {
    const memory = join(folder, "memory");
    const state = join(folder, "state");
    // qemu would give it the mode of any new file.
    createSparse(memory, options.machine.memsize * 1024 * 1024);
    qemu = await startQemu([options.hv, ...templateArguments(options.machine, memory)], { ...options, log });
    signal?.throwIfAborted();
    await ready(qemu);
    await saveState(qemu, state, join(options.tmpdir, "state.sock"));
    await qemu.ended;
    saveManifest(folder, {
      formatVersion: 1,
      ingredients: key.ingredients,
      memory: digestFile(memory),
      state: digestFile(state),
    });
    const place = join(parent, key.key);
    rmSync(place, { recursive: true, force: true });
    renameSync(folder, place);
    pruneTemplates(parent);
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LaunchError("template-unusable", `template: cannot be made: ${reason}`, {
      console: log.lastLines(),
      cause,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    stop();
    await qemu?.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function createSparse(path: string, sizeBytes: number): void {
  const fd = openSync(path, "wx", 0o600);
  ftruncateSync(fd, sizeBytes);
  closeSync(fd);
}

/** The init's one word on its port. */
async function ready({ sockets, ended }: QemuProcess): Promise<void> {
  const word = new Promise<void>((resolve) => {
    let text = "";
    sockets.restore.on("data", (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString("latin1");
      if (text === "ready\n") resolve();
    });
  });
  const end = ended.then((status) => {
    throw new LaunchError("launch-failed", `the appliance ended before it was ready (qemu: ${status})`);
  });
  await Promise.race([word, end]);
}

/** qemu may open no file for writing but those it has, so the state comes through a socket. */
async function saveState(qemu: QemuProcess, file: string, socketPath: string): Promise<void> {
  const qmp = new Qmp(qemu.sockets.qmp);
  const server = createServer();
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socketPath, resolve));
  try {
    await qmp.execute("qmp_capabilities");
    await unplug(qmp, REHEARSAL_DISK.node["node-name"]);
    await qmp.execute("stop");
    await qmp.execute("migrate-set-capabilities", {
      capabilities: [capability("x-ignore-shared"), capability("events")],
    });
    // No limit: the guest stands still already.
    await qmp.execute("migrate-set-parameters", { "max-bandwidth": 2 ** 40 });
    const completed = qmp.event(hasEnded);
    await qmp.execute("migrate", { uri: `unix:${socketPath}` });
    const written = pipeline(await connected, createWriteStream(file, { mode: 0o600 }));
    const outcome = await completed;
    if (!isCompleted(outcome)) throw new LaunchError("launch-failed", "qemu could not save its state");
    await written;
    await qmp.execute("quit").catch(() => undefined);
  } finally {
    server.close();
  }
}

export function capability(name: string): { readonly capability: string; readonly state: true } {
  return { capability: name, state: true };
}

/** Whether an event says that a migration is over, well or not. */
export function hasEnded(name: string, data: Readonly<Record<string, unknown>>): boolean {
  return name === "MIGRATION" && (data["status"] === "completed" || data["status"] === "failed");
}

export function isCompleted(data: unknown): boolean {
  return typeof data === "object" && data !== null && "status" in data && data.status === "completed";
}
