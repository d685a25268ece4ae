/**
 * Handle: an appliance from configuration to its end, with the states of guestfs(3). CONFIG -> launch() -> READY <-> BUSY
 * -> close(). Starts qemu through launch-direct.ts, speaks through client.ts; knows no recipes.
 */
import { resolve } from "node:path";

import type { Gild } from "../schemas/index.ts";
import { createGuestfs, type Client, type GuestfsApi } from "./client.ts";
import { checkDrive, MOST_DRIVES, type AddDrive, type DriveSource } from "./drive.ts";
import { HandleError, LaunchError, messageOf } from "./errors.ts";
import { launchFailure, prepareLaunch, type PreparedLaunch, type RunningAppliance } from "./launch.ts";
import { resolveSettings, type LaunchSettings, type ResolvedSettings } from "./settings.ts";
import { socketTransport } from "./transport-socket.ts";

/** guestfs(3): CONFIG takes drives; LAUNCHING starts the appliance; READY takes calls; BUSY has one running. */
export type HandleState = "CONFIG" | "LAUNCHING" | "READY" | "BUSY";

/** How long qemu may take to write everything out after SIGTERM, ms. */
const SHUTDOWN_MS = 60_000;
/** How long a restored appliance may take, ms: a hundred times what it takes. */
const RESTORE_MS = 30_000;

export class Handle implements AsyncDisposable {
  readonly settings: ResolvedSettings;
  readonly #given: LaunchSettings;
  readonly #drives: AddDrive[] = [];
  #state: HandleState | "CLOSED" = "CONFIG";
  #appliance: RunningAppliance | undefined;
  #client: Client | undefined;
  #prepared: PreparedLaunch | undefined;
  /** Aborted by the caller's signal, or by close() during the launch. */
  readonly #stop = new AbortController();
  #launching: Promise<void> | undefined;
  readonly #onAbort = (): void => this.#stop.abort(this.#given.signal?.reason);

  /** @throws LaunchError bad-setting */
  constructor(settings: LaunchSettings) {
    this.#given = settings;
    this.settings = resolveSettings(settings);
    this.#stop.signal.addEventListener("abort", () => this.#end());
  }

  /** A handle that was closed is CONFIG again, but not for use. */
  get state(): HandleState {
    return this.#state === "CLOSED" ? "CONFIG" : this.#state;
  }

  /** The API. @throws HandleError wrong-state before launch() and after close() */
  get g(): GuestfsApi {
    if (this.#client === undefined) throw new HandleError("wrong-state", "handle: call launch() first");
    return this.#client.g;
  }

  /** Private actions of gild's own daemon (schemas/gild.ts). @throws as `g` */
  get gild(): Gild {
    if (this.#client === undefined) throw new HandleError("wrong-state", "handle: call launch() first");
    return this.#client.gild;
  }

  /** Last lines of the console, oldest first; empty before launch(). */
  get console(): readonly string[] {
    return this.#appliance?.log.lastLines() ?? [];
  }

  /** How the appliance runs; undefined before launch(). */
  get accelerator(): { readonly name: "kvm" | "tcg"; readonly reason: string } | undefined {
    return this.#appliance?.accelerator;
  }

  /** Whether the appliance was restored from a template; undefined before launch(). */
  get restored(): boolean | undefined {
    return this.#appliance?.restored;
  }

  /** Process number of qemu; undefined when there is none. */
  get pid(): number | undefined {
    return this.#appliance?.qemu.pid;
  }

  /**
   * Adds a disk: the n-th is the n-th of /dev/sda, /dev/sdb, ...
   *
   * @throws HandleError wrong-state after launch(), bad-argument
   */
  add_drive(drive: AddDrive): void {
    if (this.#state !== "CONFIG")
      throw new HandleError("wrong-state", "add_drive: the appliance has been launched already");
    checkDrive(drive);
    if (this.#drives.length >= MOST_DRIVES - 1)
      throw new HandleError("bad-argument", `add_drive: over ${MOST_DRIVES - 1} drives`);
    this.#drives.push({ ...drive, ...absolute(drive) });
  }

  /** Starts the appliance and waits until it takes calls. @throws HandleError wrong-state; LaunchError; the signal's reason */
  async launch(): Promise<void> {
    if (this.#state !== "CONFIG")
      throw new HandleError("wrong-state", "launch: the appliance has been launched already");
    this.#state = "LAUNCHING";
    this.#launching = this.#launch();
    await this.#launching;
  }

  /**
   * Unmounts and syncs (internal_autosync), ends qemu and waits for it: after this everything is on the disks.
   *
   * @throws GuestfsError when autosync fails, LaunchError shutdown-failed; qemu has ended in every case
   */
  async shutdown(): Promise<void> {
    if (this.#state === "LAUNCHING") {
      this.#stop.abort(new LaunchError("closed", "launch: the handle was closed"));
      await this.#launching?.catch(() => undefined);
    }
    const appliance = this.#appliance;
    const client = this.#client;
    if (appliance === undefined || client === undefined) {
      this.#state = "CLOSED";
      return;
    }
    try {
      if (client.broken !== undefined) throw client.broken;
      await client.g.internal_autosync();
      await endQemu(appliance);
    } finally {
      await this.#discard();
      this.#state = "CLOSED";
    }
  }

  /** As shutdown(), for cleaning up: throws nothing and can be called in any state and again. */
  async close(): Promise<void> {
    await this.shutdown().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Ends everything at once, with the reason of the abort. */
  #end(): void {
    const reason: unknown = this.#stop.signal.reason;
    this.#client?.close(reason instanceof Error ? reason : new LaunchError("closed", "the handle was aborted"));
    this.#appliance?.qemu.kill("SIGKILL");
  }

  async #launch(): Promise<void> {
    const { signal } = this.#stop;
    this.#given.signal?.addEventListener("abort", this.#onAbort);
    try {
      if (this.#given.signal?.aborted === true) this.#onAbort();
      signal.throwIfAborted();
      this.#prepared = await prepareLaunch(this.settings, this.#drives, { ...this.#given, signal });
      const problem = await this.#restore(this.#prepared);
      if (this.#appliance === undefined) {
        this.#appliance = await this.#prepared.boot();
        await this.#ready(this.#appliance, this.settings.launchTimeoutMs);
      }
      // Where the boot has failed too, a drive or the host is to blame.
      if (problem !== undefined) this.#prepared.restoreFailed();
      this.#state = "READY";
    } catch (error) {
      await this.#discard();
      this.#state = "CONFIG";
      throw signal.aborted ? signal.reason : error;
    }
  }

  /** Tries a template, which helps, but no launch fails for want of one. Gives what went wrong. */
  async #restore(prepared: PreparedLaunch): Promise<unknown> {
    const { signal } = this.#stop;
    try {
      this.#appliance = await prepared.restore();
      if (this.#appliance !== undefined) await this.#ready(this.#appliance, RESTORE_MS);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      await this.#discardAppliance();
      this.#given.onNote?.({ kind: "booting", text: `${firstLine(messageOf(error))}; booting instead` });
      return error;
    }
  }

  /** Connects, and waits for the daemon's launch flag. */
  async #ready(appliance: RunningAppliance, limitMs: number): Promise<void> {
    const { signal } = this.#stop;
    const client = this.#connect(appliance);
    this.#client = client;
    if (signal.aborted) this.#end();
    await withLimit(limitMs, appliance, client.launched());
    signal.throwIfAborted();
  }

  #connect(appliance: RunningAppliance): Client {
    const { onProgress, onTrace } = this.#given;
    return createGuestfs(socketTransport(appliance.qemu.sockets.channel), {
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(onTrace === undefined ? {} : { onTrace }),
      onBusy: (busy) => {
        if (this.#state === "READY" || this.#state === "BUSY") this.#state = busy ? "BUSY" : "READY";
      },
      endError: async (action) => endError(appliance, action),
    });
  }

  async #discard(): Promise<void> {
    this.#given.signal?.removeEventListener("abort", this.#onAbort);
    await this.#discardAppliance();
    await this.#prepared?.discard();
    this.#prepared = undefined;
  }

  async #discardAppliance(): Promise<void> {
    const appliance = this.#appliance;
    this.#client?.close();
    this.#client = undefined;
    this.#appliance = undefined;
    await appliance?.discard();
  }
}

/** A handle with these drives, launched. @throws as Handle.launch */
export async function openGuestfs(settings: LaunchSettings, drives: readonly AddDrive[]): Promise<Handle> {
  const handle = new Handle(settings);
  for (const drive of drives) handle.add_drive(drive);
  await handle.launch();
  return handle;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function absolute(source: DriveSource): DriveSource {
  const { filename, format, overlay } = source;
  const here = { filename: resolve(filename), format, ...(overlay === undefined ? {} : { overlay: resolve(overlay) }) };
  return source.backing === undefined ? here : { ...here, backing: absolute(source.backing) };
}

/** The stream has ended: qemu is gone, or is about to be. */
async function endError(appliance: RunningAppliance, action: string): Promise<LaunchError> {
  const late = setTimeout(() => appliance.qemu.kill("SIGKILL"), 5000);
  const status = await appliance.qemu.ended;
  clearTimeout(late);
  if (action === "launch") return launchFailure(appliance.log, status);
  const console = appliance.log.lastLines();
  return new LaunchError(
    "appliance-ended",
    `${action}: the appliance ended in the middle of the call (qemu: ${status})`,
    { console },
  );
}

async function withLimit(limitMs: number, appliance: RunningAppliance, work: Promise<void>): Promise<void> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    appliance.qemu.kill("SIGKILL");
  }, limitMs);
  try {
    await work;
  } catch (error) {
    if (!late) throw error;
    const console = appliance.log.lastLines();
    throw new LaunchError("launch-timeout", `launch: not ready after ${limitMs / 1000} s`, { console, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function endQemu({ qemu, log }: RunningAppliance): Promise<void> {
  qemu.kill("SIGTERM");
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    qemu.kill("SIGKILL");
  }, SHUTDOWN_MS);
  const status = await qemu.ended;
  clearTimeout(timer);
  if (status === 0) return;
  const reason = late ? `qemu did not end within ${SHUTDOWN_MS / 1000} s` : `qemu ended with ${status}`;
  throw new LaunchError("shutdown-failed", `shutdown: ${reason}`, { console: log.lastLines() });
}
