/**
 * prepareLaunch(): from settings and drives to a running qemu, restored from a template or booted: hypervisor, appliance,
 * accelerator, temporary folder, files of the drives. Waits for no daemon (handle.ts).
 */
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as later } from "node:timers/promises";

import { chooseAccelerator, type Accelerator } from "./accel.ts";
import { findAppliance } from "./appliance-search.ts";
import { ConsoleLog } from "./console-log.ts";
import { errnoOf, LaunchError } from "./errors.ts";
import { findHypervisor, runGuest, startQemu, type ExitStatus, type QemuProcess } from "./launch-direct.ts";
import { prepareDrives, type AddedDrive } from "./prepare-drives.ts";
import { bootArguments, type Machine } from "./qemu-command.ts";
import { Qmp } from "./qmp.ts";
import { distDirectory, type LaunchSettings, type ResolvedSettings } from "./settings.ts";
import { obtainTemplate, type ObtainedTemplate } from "./template/index.ts";
import { resume, startRestored } from "./template/restore.ts";
import { makeTemporaryFolder, sweepTemporaryFolders } from "./temporary-folder.ts";

const KILLED = "SIGKILL";
/** How long a qemu whose stream has ended may take to end itself on a busy host, ms. */
const ENDING_MS = 5000;

export interface RunningAppliance {
  readonly qemu: QemuProcess;
  readonly qmp: Qmp;
  /** The launch's own folder, mode 0700. */
  readonly tmpdir: string;
  readonly log: ConsoleLog;
  readonly accelerator: Accelerator;
  /** Restored from a template, not booted. */
  readonly restored: boolean;
  /** Kills qemu if it still runs and waits for it. Never throws. */
  discard(): Promise<void>;
}

/** A launch whose files are there. To be used up by one VM, or by two where the first cannot be restored. */
export interface PreparedLaunch {
  /** undefined: this launch boots, by rule. @throws LaunchError; the signal's reason */
  restore(): Promise<RunningAppliance | undefined>;
  /** @throws LaunchError; the signal's reason */
  boot(): Promise<RunningAppliance>;
  /** Tells the next launches that a VM that restore() gave never got ready. */
  restoreFailed(): void;
  /** Tells them that it did. */
  restoreWorked(): void;
  /** Removes the temporary files. Never throws. */
  discard(): Promise<void>;
}

/** sun_path holds 108 bytes with its zero; the rest is for the socket's name. */
const SHORT_PATH_MAX = 90;

export type LaunchCallbacks = Pick<LaunchSettings, "onConsole" | "onNote" | "signal">;

/** @throws LaunchError */
export async function prepareLaunch(
  settings: ResolvedSettings,
  drives: readonly AddedDrive[],
  callbacks: LaunchCallbacks,
): Promise<PreparedLaunch> {
  const { env, cachedir, pgroup } = settings;
  const { signal, onNote = () => undefined } = callbacks;
  const hv = findHypervisor(settings.hv, env);
  const appliance = findAppliance({ path: settings.path, cachedir, distdir: distDirectory() });
  const folders = new Folders(settings.tmpdir);
  try {
    await sweepTemporaryFolders(settings.tmpdir);
    const tmpdir = await folders.make();
    const accelerator = await chooseAccelerator({ hv, forced: settings.accelerator, cachedir, tmpdir, runGuest });
    const writable = await prepareDrives(drives, tmpdir, env);
    const machine: Machine = { ...settings, accelerator: accelerator.name, appliance };
    let template: ObtainedTemplate | undefined;
    const running = (qemu: QemuProcess, qmp: Qmp, log: ConsoleLog, restored: boolean): RunningAppliance => ({
      qemu,
      qmp,
      tmpdir,
      log,
      accelerator,
      restored,
      discard: () => discard(qemu),
    });

    return {
      async restore() {
        if (!isRestorable(machine, settings)) return undefined;
        template = await obtainTemplate({ hv, machine, settings, tmpdir: await folders.short(), onNote, signal });
        const log = new ConsoleLog(callbacks.onConsole);
        const qemu = await startRestored({ hv, machine, template, drives: writable, env, tmpdir, log, pgroup });
        try {
          const qmp = await abortable(resume(qemu.sockets, writable), qemu, signal);
          return running(qemu, qmp, log, true);
        } catch (error) {
          // One that says what is wrong lives on.
          const status = qemu.sockets.qmp.destroyed ? await endedSoon(qemu) : undefined;
          await discard(qemu);
          throw status === KILLED ? launchFailure(log, status) : error;
        }
      },
      async boot() {
        const log = new ConsoleLog(callbacks.onConsole);
        signal?.throwIfAborted();
        const argv = [hv, ...bootArguments(machine, writable), ...settings.parameters];
        const qemu = await startQemu(argv, { env, tmpdir, log, pgroup });
        const qmp = new Qmp(qemu.sockets.qmp);
        // Whether it is ready shows when it is used.
        qmp.execute("qmp_capabilities").catch(() => undefined);
        return running(qemu, qmp, log, false);
      },
      restoreFailed: () => template?.failed(),
      restoreWorked: () => template?.worked(),
      discard: async () => await folders.remove(),
    };
  } catch (error) {
    await folders.remove();
    throw error;
  }
}

/** The rule: gild's own appliance is restored, except where its boot is to be seen, or qemu is told more than the template's was. */
export function isRestorable({ appliance, verbose }: Machine, { template, parameters }: ResolvedSettings): boolean {
  return template && appliance.own === true && !verbose && parameters.length === 0;
}

/** Its stream ends a moment before the process. undefined: it runs still. */
async function endedSoon({ ended }: QemuProcess): Promise<ExitStatus | undefined> {
  return await Promise.race([ended, later(ENDING_MS, undefined, { ref: false })]);
}

async function discard(qemu: QemuProcess): Promise<void> {
  qemu.kill("SIGKILL");
  await qemu.ended;
}

/** Ends qemu, and with it the wait, when the signal says so. */
async function abortable<T>(wait: Promise<T>, qemu: QemuProcess, signal: AbortSignal | undefined): Promise<T> {
  const onAbort = (): void => qemu.kill("SIGKILL");
  signal?.addEventListener("abort", onAbort);
  try {
    return await wait;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Why an appliance ended before it was ready. qemu says so only in words. */
export function launchFailure(log: ConsoleLog, status: ExitStatus | undefined): LaunchError {
  const console = log.lastLines();
  if (console.some((line) => line.includes("Is another process using the image"))) {
    return new LaunchError("drive-unusable", "launch: a drive is in use by another program (a running VM?)", {
      console,
    });
  }
  return new LaunchError(
    status === KILLED ? "launch-killed" : "launch-failed",
    `launch: the appliance ended before it was ready (qemu: ${status})`,
    { console },
  );
}

/** The launch's temporary folders, mode 0700. */
class Folders {
  readonly #tmpdir: string;
  readonly #made: string[] = [];

  constructor(tmpdir: string) {
    this.#tmpdir = resolve(tmpdir);
  }

  async make(parent: string = this.#tmpdir): Promise<string> {
    try {
      const folder = await makeTemporaryFolder(parent);
      this.#made.push(folder);
      return folder;
    } catch (cause) {
      throw new LaunchError("bad-setting", `launch: ${parent}: cannot make a folder there: ${errnoOf(cause)}`, {
        cause,
      });
    }
  }

  /** The first one, or another if its path is too long for sockets. */
  async short(): Promise<string> {
    const [first = await this.make()] = this.#made;
    return Buffer.byteLength(first) <= SHORT_PATH_MAX ? first : await this.make("/tmp");
  }

  async remove(): Promise<void> {
    for (const folder of this.#made) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
