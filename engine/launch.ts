/**
 * launchAppliance(): from settings and drives to a running qemu whose channel is connected: hypervisor, appliance,
 * accelerator, temporary folder, scratch overlays of read-only drives. Waits for no daemon (handle.ts).
 */
import { rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { join, resolve } from "node:path";

import { chooseAccelerator, type Accelerator } from "./accel.ts";
import { findAppliance } from "./appliance-search.ts";
import { ConsoleLog } from "./console-log.ts";
import type { AddDrive } from "./drive.ts";
import { errnoOf, LaunchError, messageOf } from "./errors.ts";
import { HostCommandError } from "./host-command.ts";
import { findHypervisor, listenOnce, runGuest, startQemu, type ExitStatus, type QemuProcess } from "./launch-direct.ts";
import { createOverlay } from "./overlay.ts";
import { qemuArguments } from "./qemu-command.ts";
import { distDirectory, type LaunchSettings, type ResolvedSettings } from "./settings.ts";
import { makeTemporaryFolder, sweepTemporaryFolders } from "./temporary-folder.ts";

export interface RunningAppliance {
  readonly socket: Socket;
  readonly qemu: QemuProcess;
  readonly log: ConsoleLog;
  readonly accelerator: Accelerator;
  /** Kills qemu if it still runs, waits for it, removes the temporary folder. Never throws. */
  discard(): Promise<void>;
}

/** sun_path holds 108 bytes with its zero. */
const SOCKET_PATH_MAX = 107;

/** @throws LaunchError */
export async function launchAppliance(
  settings: ResolvedSettings,
  drives: readonly AddDrive[],
  { onConsole, signal }: Pick<LaunchSettings, "onConsole" | "signal">,
): Promise<RunningAppliance> {
  const { env, cachedir } = settings;
  const hv = findHypervisor(settings.hv, env);
  const appliance = findAppliance({ path: settings.path, cachedir, distdir: distDirectory() });
  const log = new ConsoleLog(onConsole);
  const folders = new Folders(settings.tmpdir);
  let qemu: QemuProcess | undefined;
  let listener: Awaited<ReturnType<typeof listenOnce>> | undefined;
  const discard = async (): Promise<void> => {
    listener?.close();
    qemu?.kill("SIGKILL");
    await qemu?.ended;
    await folders.remove();
  };

  try {
    await sweepTemporaryFolders(settings.tmpdir);
    const tmpdir = await folders.make();
    const accelerator = await chooseAccelerator({ hv, forced: settings.accelerator, cachedir, tmpdir, runGuest });
    const writable = await scratchOverlays(drives, tmpdir, settings);
    const socketPath = await folders.socketPath();
    listener = await listenOnce(socketPath);
    const launch = { ...settings, accelerator: accelerator.name, appliance, drives: writable, socket: socketPath };
    signal?.throwIfAborted();
    qemu = await startQemu([hv, ...qemuArguments(launch)], { env, tmpdir, log });
    const socket = await connection(listener.connected, qemu, log, signal);
    return { socket, qemu, log, accelerator, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Waits for qemu to connect; qemu ending first is the launch's failure. */
async function connection(
  connected: Promise<Socket>,
  qemu: QemuProcess,
  log: ConsoleLog,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const onAbort = (): void => qemu.kill("SIGKILL");
  signal?.addEventListener("abort", onAbort);
  try {
    const socket = await Promise.race([connected, qemu.ended.then(() => undefined)]);
    if (socket !== undefined) return socket;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  throw launchFailure(log, qemu.status);
}

/** Why an appliance ended before it was ready. qemu says so only in words. */
export function launchFailure(log: ConsoleLog, status: ExitStatus | undefined): LaunchError {
  const console = log.lastLines();
  if (console.some((line) => line.includes("Is another process using the image"))) {
    return new LaunchError("drive-unusable", "launch: a drive is in use by another program (a running VM?)", {
      console,
    });
  }
  return new LaunchError("launch-failed", `launch: the appliance ended before it was ready (qemu: ${status})`, {
    console,
  });
}

/** A read-only drive becomes an overlay that is thrown away: filesystems must be able to replay their journals. */
async function scratchOverlays(
  drives: readonly AddDrive[],
  tmpdir: string,
  { env }: ResolvedSettings,
): Promise<readonly AddDrive[]> {
  const result: AddDrive[] = [];
  for (const [index, drive] of drives.entries()) {
    if (drive.readonly !== true) {
      result.push(drive);
      continue;
    }
    const { filename, format, backing } = drive;
    const path = join(tmpdir, `scratch${index}.qcow2`);
    try {
      await createOverlay({ path, backing: { filename, format }, env });
    } catch (cause) {
      if (cause instanceof HostCommandError && cause.code === "missing") {
        throw new LaunchError("qemu-missing", `launch: ${cause.message}`, { cause });
      }
      throw new LaunchError("drive-unusable", `launch: ${filename}: ${messageOf(cause)}`, { cause });
    }
    result.push({
      ...drive,
      filename: path,
      format: "qcow2",
      cachemode: "unsafe",
      backing: { filename, format, backing },
    });
  }
  return result;
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

  /** Beside the other temporary files, unless that path is too long for a socket. */
  async socketPath(): Promise<string> {
    const [first = await this.make()] = this.#made;
    const path = join(first, "guestfsd.sock");
    return Buffer.byteLength(path) <= SOCKET_PATH_MAX ? path : join(await this.make("/tmp"), "guestfsd.sock");
  }

  async remove(): Promise<void> {
    for (const folder of this.#made) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
