/**
 * Handle: an appliance from configuration to its end, with the states of guestfs(3). CONFIG -> launch() -> READY <-> BUSY
 * -> close(). Starts qemu through launch-direct.ts, speaks through client.ts; knows no recipes.
 */
import type { Gild } from "../schemas/index.ts";
import { endError, endQemu, withLimit } from "./appliance-end.ts";
import { BulkDisks } from "./bulk/disks.ts";
import { createGuestfs, type Client, type GuestfsApi } from "./client.ts";
import { Configuration } from "./configuration.ts";
import type { AddDrive } from "./drive.ts";
import { EventCallbacks, type EventCallback, type EventName } from "./events.ts";
import { HandleError, LaunchError, messageOf } from "./errors.ts";
import { prepareLaunch, type PreparedLaunch, type RunningAppliance } from "./launch.ts";
import type { LaunchNote, LaunchSettings } from "./settings.ts";
import { socketTransport } from "./transport-socket.ts";

/** guestfs(3): CONFIG takes drives; LAUNCHING starts the appliance; READY takes calls; BUSY has one running. */
export type HandleState = "CONFIG" | "LAUNCHING" | "READY" | "BUSY";

/** How long a restored appliance may take, ms: a hundred times what it takes. */
const RESTORE_MS = 30_000;

export class Handle extends Configuration implements AsyncDisposable {
  readonly #events = new EventCallbacks();
  #state: HandleState | "CLOSED" = "CONFIG";
  #appliance: RunningAppliance | undefined;
  #client: Client | undefined;
  #prepared: PreparedLaunch | undefined;
  /** Aborted by the caller's signal, or by close() during the launch. */
  readonly #stop = new AbortController();
  #launching: Promise<void> | undefined;
  readonly #onAbort = (): void => this.#stop.abort(this.given.signal?.reason);

  /** @throws LaunchError bad-setting */
  constructor(settings: LaunchSettings) {
    super(settings);
    this.#stop.signal.addEventListener("abort", () => this.#end());
  }

  /** A handle that was closed is CONFIG again, but not for use. */
  get_state(): HandleState {
    return this.#state === "CLOSED" ? "CONFIG" : this.#state;
  }

  is_config(): boolean {
    return this.get_state() === "CONFIG";
  }

  is_launching(): boolean {
    return this.#state === "LAUNCHING";
  }

  is_ready(): boolean {
    return this.#state === "READY";
  }

  is_busy(): boolean {
    return this.#state === "BUSY";
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
  get_pid(): number | undefined {
    return this.#appliance?.qemu.pid;
  }

  /** Calls back at these events, until delete_event_callback(). @returns what that takes */
  set_event_callback(callback: EventCallback, events: readonly EventName[]): number {
    return this.#events.add(callback, events);
  }

  delete_event_callback(id: number): void {
    this.#events.delete(id);
  }

  /** Starts the appliance and waits until it takes calls. @throws HandleError wrong-state; LaunchError; the signal's reason */
  async launch(): Promise<void> {
    this.requireConfig("launch");
    this.#state = "LAUNCHING";
    this.#launching = this.#launch();
    await this.#launching;
  }

  /**
   * Unmounts and syncs (unless set_autosync() said no), ends qemu and waits for it: after this everything is on the disks.
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
      this.#closed();
      return;
    }
    try {
      if (client.broken !== undefined) throw client.broken;
      if (this.get_autosync()) await client.g.internal_autosync();
      await endQemu(appliance);
    } finally {
      await this.#discard();
      this.#closed();
    }
  }

  /** As shutdown(), for cleaning up: throws nothing and can be called in any state and again. */
  async close(): Promise<void> {
    await this.shutdown().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected override requireConfig(call: string): void {
    if (this.#state !== "CONFIG")
      throw new HandleError("wrong-state", `${call}: the appliance has been launched already`);
  }

  #closed(): void {
    if (this.#state === "CLOSED") return;
    this.#state = "CLOSED";
    this.#events.emit({ event: "close" });
  }

  /** Ends everything at once, with the reason of the abort. */
  #end(): void {
    const reason: unknown = this.#stop.signal.reason;
    this.#client?.close(reason instanceof Error ? reason : new LaunchError("closed", "the handle was aborted"));
    this.#appliance?.qemu.kill("SIGKILL");
  }

  async #launch(): Promise<void> {
    const { signal } = this.#stop;
    this.given.signal?.addEventListener("abort", this.#onAbort);
    try {
      if (this.given.signal?.aborted === true) this.#onAbort();
      signal.throwIfAborted();
      this.#prepared = await prepareLaunch(this.settings, this.drives, {
        signal,
        onConsole: (text) => {
          this.given.onConsole?.(text);
          this.#events.emit({ event: "appliance", text });
        },
        onNote: (note) => this.#note(note),
      });
      const problem = await this.#restore(this.#prepared);
      if (this.#appliance === undefined) {
        this.#appliance = await this.#prepared.boot();
        await this.#ready(this.#appliance, this.settings.launchTimeoutMs);
      }
      // Where the boot has failed too, a drive or the host is to blame; where qemu was killed, whoever did that.
      if (problem !== undefined && !wasKilled(problem)) this.#prepared.restoreFailed();
      this.#state = "READY";
      this.#events.emit({ event: "launch_done" });
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
      if (this.#appliance === undefined) return undefined;
      await this.#ready(this.#appliance, RESTORE_MS);
      prepared.restoreWorked();
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      await this.#discardAppliance();
      this.#note({ kind: "booting", text: `${firstLine(messageOf(error))}; booting instead` });
      return error;
    }
  }

  #note(note: LaunchNote): void {
    this.given.onNote?.(note);
    this.#events.emit({ event: "library", text: note.text });
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
    const { given } = this;
    void appliance.qemu.ended.then(() => this.#events.emit({ event: "subprocess_quit" }));
    const { env, bulkBytes: leastBytes } = this.settings;
    const { qmp, tmpdir } = appliance;
    return createGuestfs(socketTransport(appliance.qemu.sockets.channel), {
      onProgress: (progress) => {
        given.onProgress?.(progress);
        this.#events.emit({ event: "progress", ...progress });
      },
      onTrace: (trace) => {
        given.onTrace?.(trace);
        this.#events.emit({ event: "trace", ...trace });
      },
      bulk: leastBytes === 0 ? undefined : { disks: new BulkDisks(qmp), leastBytes, tmpdir, env },
      onBusy: (busy) => {
        if (this.#state === "READY" || this.#state === "BUSY") this.#state = busy ? "BUSY" : "READY";
      },
      endError: async (action) => endError(appliance, action),
    });
  }

  async #discard(): Promise<void> {
    this.given.signal?.removeEventListener("abort", this.#onAbort);
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

const wasKilled = (problem: unknown): boolean => problem instanceof LaunchError && problem.code === "launch-killed";

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
