/**
 * The disks as they were before the run, in an appliance of their own: disks with the same UUIDs must not meet in one. Scratch
 * overlays lie over them, so that journals are replayed there as they were for the run itself, and nothing is written to the images.
 * Launched beside the steps as soon as one of them writes, to be there when the comparison wants it.
 */
import { GILD_GROUP } from "../schemas/index.ts";
import type { AddDrive } from "./drive.ts";
import { LaunchError } from "./errors.ts";
import { openGuestfs, type Handle } from "./handle.ts";
import { interruptible } from "./interruptible.ts";
import type { LaunchSettings } from "./settings.ts";
import type { Calls } from "./tracker.ts";

export class BaseAppliance {
  readonly #settings: LaunchSettings;
  readonly #drives: readonly AddDrive[];
  readonly #closed = new AbortController();
  #handle: Promise<Handle> | undefined;

  /** @param drives none: there was nothing before */
  constructor(settings: LaunchSettings, drives: readonly AddDrive[]) {
    const signals = [this.#closed.signal, ...(settings.signal === undefined ? [] : [settings.signal])];
    this.#settings = { ...settings, signal: AbortSignal.any(signals) };
    this.#drives = drives;
  }

  get exists(): boolean {
    return this.#drives.length > 0;
  }

  /** Launches it if there is one, and does not wait. */
  start(): void {
    if (!this.exists || this.#handle !== undefined) return;
    this.#handle = openGuestfs(this.#settings, this.#drives);
    // Whoever waits for it is told; nobody may.
    this.#handle.catch(() => undefined);
  }

  /** Its calls, when it is ready; undefined where there was nothing before. @throws as openGuestfs */
  async calls(): Promise<Calls | undefined> {
    this.start();
    const handle = await this.#handle;
    return handle === undefined ? undefined : await callsOf(handle, this.#settings.signal);
  }

  /** Ends it at once: what it has written is nobody's. */
  async close(): Promise<void> {
    this.#closed.abort(new LaunchError("closed", "the base is not needed any more"));
    const handle = await this.#handle?.catch(() => undefined);
    await handle?.close();
  }
}

/** Calls of an appliance, each ended by the signal. */
export async function callsOf(handle: Handle, signal?: AbortSignal): Promise<Calls> {
  const bounded = <G extends object>(calls: G): G => (signal === undefined ? calls : interruptible(calls, signal));
  const g = bounded(handle.g);
  const own = (await g.internal_feature_available({ group: GILD_GROUP })) === 0;
  return own ? { g, gild: bounded(handle.gild) } : { g };
}
