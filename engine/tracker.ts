/**
 * Follows a run from its first change on, so that afterwards only what was touched has to be compared: has the daemon watch, keeps
 * what is mounted where, and notes what an appliance on the base needs to see the same. Plugs into execute.ts as its
 * hooks; a run whose steps are all true does nothing here. Compares nothing (diff/run-diff.ts).
 */
import {
  families,
  type Gild,
  type Guestfs,
  type PlannedAction,
  type RecipeStep,
  type RunRecipe,
} from "../schemas/index.ts";
import { readBlocks, type BlockState } from "./diff/block.ts";
import { Volumes } from "./diff/volumes.ts";
import { reachOf } from "./effects.ts";
import { GuestfsError } from "./errors.ts";
import type { ExecuteHooks } from "./execute.ts";
import { mountAll, normalizePath, type GuestMount } from "./mounts.ts";

/** The client's two halves; `gild` is missing where the daemon is a foreign one. */
export interface Calls {
  readonly g: Guestfs;
  readonly gild?: Gild | undefined;
}

export interface TrackerOptions {
  readonly recipe: RunRecipe;
  /** There is an image from before the run, which can be looked at afterwards. */
  readonly hasBase: boolean;
  /** Steps of an earlier run have changed the disks already, unwatched. Default false. */
  readonly resumed?: boolean;
  /** Told once, before the first action that may change the disks. */
  readonly onFirstWrite?: () => void;
}

export class Tracker {
  readonly volumes = new Volumes();
  readonly #calls: Calls;
  readonly #options: TrackerOptions;
  readonly #layout: RecipeStep | undefined;
  /** Mount point -> mountable, all that were ever mounted. */
  readonly #mounts = new Map<string, string>();
  readonly #opening: PlannedAction[] = [];
  #blocks: BlockState | undefined;
  #blocksReached = false;
  #begun = false;
  #watching = false;
  #blank: boolean;
  #doubt: string | undefined;

  constructor(calls: Calls, options: TrackerOptions) {
    this.#calls = calls;
    this.#options = options;
    this.#layout = options.recipe.layout?.make;
    this.#blank = !options.hasBase;
    if (options.resumed !== true) return;
    this.#blocksReached = true;
    this.#doubt = "changed by an earlier run";
  }

  /** Blocks before the first change, where there is no base to read them from later. */
  get blocks(): BlockState | undefined {
    return this.#blocks;
  }

  /** The run goes on from another one's changes. */
  get resumed(): boolean {
    return this.#options.resumed === true;
  }

  /** Whether something below files may have changed. */
  get blocksReached(): boolean {
    return this.#blocksReached;
  }

  /** True when there was no guest before: a new disk, or one that the layout has laid out anew. */
  get blank(): boolean {
    return this.#blank;
  }

  /** Why nothing could be watched. */
  get doubt(): string | undefined {
    return this.#doubt;
  }

  /** Parents first. */
  get mounts(): readonly GuestMount[] {
    return [...this.#mounts]
      .map(([mountpoint, mountable]) => ({ mountpoint, mountable }))
      .sort((a, b) => a.mountpoint.length - b.mountpoint.length);
  }

  /** Actions that made devices appear (LUKS, LVM), to be done on the base too. */
  get opening(): readonly PlannedAction[] {
    return this.#opening;
  }

  get hooks(): ExecuteHooks {
    return {
      beforeWrite: (step, planned) => this.#beforeWrite(step, planned),
      afterConfig: (_step, planned) => this.#afterConfig(planned),
    };
  }

  /** Takes note of what is mounted now. Call once before the steps. @param mounts as the caller has mounted them */
  begin(mounts: readonly GuestMount[]): void {
    for (const { mountpoint, mountable } of mounts) this.#mounts.set(mountpoint, mountable);
  }

  /** Mounts again what the steps have unmounted. */
  async restoreMounts(): Promise<void> {
    const { g } = this.#calls;
    const now = new Set((await g.mountpoints()).map(([, mountpoint]) => mountpoint));
    if ([...this.#mounts.keys()].every((mountpoint) => now.has(mountpoint))) return;
    await g.umount_all();
    await mountAll(g, this.mounts, "rw");
  }

  /** Where everything is mounted, as long as the daemon can tell. */
  async noteVolumes(): Promise<void> {
    const { gild } = this.#calls;
    if (gild !== undefined) this.volumes.add(await gild.gild_volumes());
  }

  async #beforeWrite(step: RecipeStep, planned: PlannedAction): Promise<void> {
    const reach = reachOf(planned.action, planned.args);
    if (!this.#begun) {
      this.#begun = true;
      this.#options.onFirstWrite?.();
    }
    if (reach !== "files") await this.#noteBlocks();
    // A layout that is there already only makes mount points; any other one makes everything.
    if (step === this.#layout && reach !== "files") this.#blank = true;
    else await this.#watch();
  }

  async #noteBlocks(): Promise<void> {
    this.#blocksReached = true;
    if (!this.#options.hasBase) this.#blocks ??= await readBlocks(this.#calls.g);
  }

  async #watch(): Promise<void> {
    const { gild } = this.#calls;
    if (this.#watching || this.#blank || this.resumed || gild === undefined) return;
    this.#watching = true;
    await this.noteVolumes();
    try {
      await gild.gild_watch();
    } catch (error) {
      if (!(error instanceof GuestfsError)) throw error;
      this.#doubt = error.message;
    }
  }

  async #afterConfig(planned: PlannedAction): Promise<void> {
    const { mountable, mountpoint } = planned.args;
    if (typeof mountable === "string" && typeof mountpoint === "string") {
      this.#mounts.set(normalizePath(mountpoint), mountable);
      if (this.#begun) await this.noteVolumes();
    } else if (opens(planned)) {
      this.#opening.push(planned);
    }
  }
}

function opens({ action, args }: PlannedAction): boolean {
  if (Object.hasOwn(families["lvm-activate"], action)) return args["activate"] !== false;
  return /^(?:cryptsetup|luks)_open/u.test(action);
}
