/**
 * Keeps the state of the disks before the first change, as late as possible: a run whose steps are all true walks no tree.
 * Plugs into execute.ts as its hooks. Compares nothing.
 */
import type { Guestfs, PlannedAction, RecipeStep, RunRecipe } from "../schemas/index.ts";
import { readBlocks, type BlockState } from "./diff/block.ts";
import { Prefetch } from "./diff/prefetch.ts";
import { emptySnapshot, takeSnapshot, type Snapshot } from "./diff/snapshot.ts";
import { findTrust } from "./diff/trust.ts";
import { reachOf } from "./effects.ts";
import type { ExecuteHooks } from "./execute.ts";
import { guestHas } from "./guest-read.ts";
import { mountAll, normalizePath, type GuestMount } from "./mounts.ts";

export class BeforeState {
  readonly prefetch = new Prefetch();
  readonly #g: Guestfs;
  readonly #layout: RecipeStep | undefined;
  readonly #onSnapshot: () => void;
  /** Mount point -> mountable, all that were ever mounted. */
  readonly #mounts = new Map<string, string>();
  /** Mount points that the layout made on a disk that had it already. */
  readonly #madeByLayout = new Set<string>();
  #snapshot: Snapshot | undefined;
  #blocks: BlockState | undefined;
  #blank = false;

  /** @param onSnapshot told when the walk of the guest begins */
  constructor(g: Guestfs, recipe: RunRecipe, onSnapshot: () => void) {
    this.#g = g;
    this.#layout = recipe.layout?.make;
    this.#onSnapshot = onSnapshot;
  }

  /** Files before the first change; undefined when nothing was about to change them. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** Undefined when nothing was about to change them. */
  get blocks(): BlockState | undefined {
    return this.#blocks;
  }

  /** True when the recipe has made the layout: there was no guest before. */
  get blank(): boolean {
    return this.#blank;
  }

  /** Parents first. */
  get mounts(): readonly GuestMount[] {
    return [...this.#mounts]
      .map(([mountpoint, mountable]) => ({ mountpoint, mountable }))
      .sort((a, b) => a.mountpoint.length - b.mountpoint.length);
  }

  get hooks(): ExecuteHooks {
    return {
      beforeWrite: (step, planned) => this.#beforeWrite(step, planned),
      afterConfig: (step, planned) => this.#afterConfig(step, planned),
    };
  }

  /** Takes note of what is mounted now. Call once before the steps. */
  async begin(): Promise<void> {
    for (const [mountable, mountpoint] of await this.#g.mountpoints()) this.#mounts.set(mountpoint, mountable);
  }

  /** Mounts again what the steps have unmounted, so that both walks see the same filesystems. */
  async restoreMounts(): Promise<void> {
    const now = new Map((await this.#g.mountpoints()).map(([mountable, mountpoint]) => [mountpoint, mountable]));
    if ([...this.#mounts].every(([mountpoint, mountable]) => now.get(mountpoint) === mountable)) return;
    await this.#g.umount_all();
    await mountAll(this.#g, this.mounts, "rw");
  }

  async #beforeWrite(step: RecipeStep, planned: PlannedAction): Promise<void> {
    const reach = reachOf(planned.action, planned.args);
    if (reach !== "files") this.#blocks ??= await readBlocks(this.#g);
    if (step === this.#layout) {
      await this.#beforeLayout(planned);
      return;
    }
    if (reach === "blocks") return;
    await this.#takeSnapshot();
    this.prefetch.noteAugeas(planned);
    if (reach === "files" && this.#snapshot !== undefined && !this.#blank) {
      await this.prefetch.before(this.#g, planned, this.#snapshot.tree);
    }
  }

  /** The layout either makes everything (no guest before) or, on a disk that has it, only mounts and makes mount points. */
  async #beforeLayout(planned: PlannedAction): Promise<void> {
    if (reachOf(planned.action, planned.args) !== "files") {
      this.#blank = true;
      this.#snapshot = emptySnapshot;
    } else if (!this.#blank) {
      const path = planned.args["path"];
      if (typeof path === "string" && !(await guestHas(this.#g, path))) this.#madeByLayout.add(normalizePath(path));
    }
  }

  async #takeSnapshot(): Promise<void> {
    if (this.#snapshot !== undefined) return;
    this.#onSnapshot();
    if (this.#mounts.size === 0) {
      this.#snapshot = emptySnapshot;
      return;
    }
    const taken = await takeSnapshot(this.#g);
    const tree = new Map([...taken.tree].filter(([path]) => !this.#madeByLayout.has(path)));
    this.#snapshot = { ...taken, tree };
    await this.prefetch.digestDoubted(this.#g, tree, await findTrust(this.#g, tree, this.mounts));
  }

  /** A filesystem mounted by a step is part of the state before, unless a step has just made it. */
  async #afterConfig(_step: RecipeStep, planned: PlannedAction): Promise<void> {
    this.prefetch.noteAugeas(planned);
    if (!/mount/u.test(planned.action)) return;
    const now = await this.#g.mountpoints();
    const added = now.map(([, mountpoint]) => mountpoint).filter((mountpoint) => !this.#mounts.has(mountpoint));
    for (const [mountable, mountpoint] of now) this.#mounts.set(mountpoint, mountable);
    if (this.#snapshot === undefined || this.#blank || added.length === 0) return;
    const below = (path: string): boolean => added.some((at) => path.startsWith(at === "/" ? "/" : `${at}/`));
    const walked = await takeSnapshot(this.#g);
    const merge = <T>(old: ReadonlyMap<string, T>, fresh: ReadonlyMap<string, T>): Map<string, T> =>
      new Map([...[...old].filter(([path]) => !below(path)), ...[...fresh].filter(([path]) => below(path))]);
    this.#snapshot = {
      tree: merge(this.#snapshot.tree, walked.tree),
      xattrs: merge(this.#snapshot.xattrs, walked.xattrs),
      targets: merge(this.#snapshot.targets, walked.targets),
    };
  }
}
