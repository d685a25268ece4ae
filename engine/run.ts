/**
 * plan and apply: one path. Open (lock, format), overlay, launch, mount, run the steps, compare with the state before, and
 * then either throw the overlay away or put the changed disk in its place. Prints nothing and decides nothing about what a
 * recipe means.
 */
import {
  PLAN_FORMAT_VERSION,
  isEmptyDiff,
  type Diff,
  type GuestFacts,
  type Guestfs,
  type PlanDocument,
  type RunRecipe,
  type StepTrace,
} from "../schemas/index.ts";
import { BaseAppliance, callsOf } from "./base-appliance.ts";
import { Redactor } from "./diff/redact.ts";
import { runDiff } from "./diff/run-diff.ts";
import { Effects } from "./effects.ts";
import { executeSteps } from "./execute.ts";
import { openGuestfs, type Handle } from "./handle.ts";
import { chooseRoot, findRoots, mountGuest } from "./inspect.ts";
import { LiveFacts } from "./live-facts.ts";
import type { GuestMount } from "./mounts.ts";
import type { WrittenFormat } from "./qemu-img.ts";
import type { Recovery } from "./recover.ts";
import { checkFromStep, keepChanges, withUnseen } from "./resume.ts";
import { RunError } from "./run-error.ts";
import type { OnRunEvent } from "./run-event.ts";
import type { LaunchSettings } from "./settings.ts";
import { watchSpace } from "./space-watch.ts";
import { Tracker, type Calls } from "./tracker.ts";
import { openWork, type GivenImage, type NewDisk, type RunEnd, type Work } from "./work.ts";

export interface RunOptions {
  readonly recipe: RunRecipe;
  /** The images to change or to start from, in the order of their devices. */
  readonly images: readonly GivenImage[];
  /** Starts from new blank disks instead, of the sizes in the recipe's layout. */
  readonly create?: { readonly format: WrittenFormat };
  readonly end: RunEnd;
  /** Mountable of the root filesystem, where there is more than one operating system. */
  readonly root?: string;
  /** Compares the content of every file, whatever its times say. Default false. */
  readonly full?: boolean;
  /** Keeps the changes of a run that fails, to look into and to go on from; a `kept` event names them. Default false. */
  readonly keepOnFailure?: boolean;
  /** Goes on with this step, from changes that were kept (`overlay` of each image). Default: the first. */
  readonly fromStep?: number;
  /** See KeptRun. */
  readonly unseenBefore?: boolean;
  /** A disk that is not blank may be laid out anew: everything on it is lost. Default false. */
  readonly wipe?: boolean;
  /** How the appliance is started; `env` is that of the run. */
  readonly launch: LaunchSettings;
  /** Ends the run; everything temporary is removed, the image stays as it was. */
  readonly signal?: AbortSignal;
  readonly progress?: OnRunEvent;
  /** Monotonic clock, ms. Default performance.now(). */
  readonly now?: () => number;
}

export interface RunResult {
  /** Nothing differs; an image that was to be changed was not touched. */
  readonly converged: boolean;
  readonly plan: PlanDocument;
  readonly diff: Diff;
  /** Lower case, no final stop. */
  readonly warnings: readonly string[];
  /** The files that were written. */
  readonly written: readonly string[];
}

/** @throws StepError, RunError, ImageError, LaunchError, HostCommandError; the signal's reason */
export async function runRecipe(options: RunOptions): Promise<RunResult> {
  const { end, signal, launch, images, recipe, fromStep } = options;
  checkFromStep(recipe, fromStep);
  phase(options, "open");
  const create = blankDisks(options);
  const onRecovered = (recovery: Recovery): void => options.progress?.({ kind: "recovered", recovery });
  const work = await openWork({ images, create, end, env: launch.env, signal, onRecovered });
  const space = watchSpace(work.folders);
  try {
    const ends = AbortSignal.any(signal === undefined ? [space.signal] : [signal, space.signal]);
    const session = new RunSession({ ...options, signal: ends }, work);
    const { traces, guest, diff } = await keepChanges(options, work, session);
    const changed = !isEmptyDiff(diff);
    space.stop();
    signal?.throwIfAborted();
    if (end.kind === "output" || (end.kind === "commit" && changed)) phase(options, "commit");
    const plan = planOf(work, guest, traces, diff);
    const written = await work.finish(changed, plan);
    phase(options, "done");
    return { converged: !changed, plan, diff, warnings: session.warnings, written };
  } finally {
    space.stop();
    await work.dispose();
  }
}

interface Outcome {
  readonly traces: readonly StepTrace[];
  readonly guest: GuestFacts;
  readonly diff: Diff;
}

/** The options of a run whose signal also watches the host. */
type SessionOptions = RunOptions & { readonly signal: AbortSignal };

class RunSession {
  readonly warnings: string[] = [];
  readonly #options: SessionOptions;
  readonly #work: Work;
  readonly #redactor: Redactor;
  readonly #effects = new Effects();
  #endedWell = false;

  constructor(options: SessionOptions, work: Work) {
    this.#options = options;
    this.#work = work;
    this.#redactor = new Redactor(options.recipe.secrets);
  }

  /** The appliance has written out everything. */
  get endedWell(): boolean {
    return this.#endedWell;
  }

  /** See KeptRun. */
  get unseen(): boolean {
    const { deviceWrites, guestPrograms } = this.#effects;
    return this.#options.unseenBefore === true || deviceWrites.size + guestPrograms.size > 0;
  }

  async run(): Promise<Outcome> {
    phase(this.#options, "launch");
    const handle = await openGuestfs(this.#launchSettings(), this.#work.drives);
    const base = new BaseAppliance(this.#launchSettings(), this.#work.bases);
    try {
      const outcome = await this.#changed(handle, base);
      // Only a clean end of the appliance, which syncs, says that all is written.
      await handle.shutdown();
      return outcome;
    } finally {
      await base.close();
      await handle.close();
    }
  }

  async #changed(handle: Handle, base: BaseAppliance): Promise<Outcome> {
    try {
      return await this.#change(await callsOf(handle, this.#options.signal), base);
    } catch (error) {
      this.#endedWell = await handle.shutdown().then(
        () => true,
        () => false,
      );
      throw error;
    }
  }

  async #change(calls: Calls, base: BaseAppliance): Promise<Outcome> {
    const { recipe, signal, progress, full, wipe, fromStep } = this.#options;
    const { g } = calls;
    const now = this.#options.now ?? (() => performance.now());
    const resumed = this.#work.resumed;
    const tracker = new Tracker(calls, { recipe, hasBase: base.exists, resumed, onFirstWrite: () => base.start() });
    if (recipe.layout === undefined) tracker.begin(await this.#mountGuest(g));
    const facts = new LiveFacts(g);
    const guest = await facts.read();

    phase(this.#options, "steps");
    const effects = this.#effects;
    const { steps: traces } = await executeSteps({
      g,
      recipe,
      facts: guest,
      readFacts: async (filesOnly) => await facts.read(filesOnly),
      redactor: this.#redactor,
      hooks: tracker.hooks,
      fromStep,
      effects,
      now,
      wipe: wipe ?? false,
      ...(progress === undefined ? {} : { onEvent: progress }),
      signal,
    });
    phase(this.#options, "compare");
    const readBase = (): Promise<Calls | undefined> => {
      phase(this.#options, "read-before");
      return base.calls();
    };
    const redactor = this.#redactor;
    const diff = await runDiff({ calls, base: readBase, tracker, effects, redactor, full: full ?? false });
    return { traces, guest, diff: this.#options.unseenBefore === true ? withUnseen(diff) : diff };
  }

  async #mountGuest(g: Guestfs): Promise<readonly GuestMount[]> {
    phase(this.#options, "inspect");
    const root = chooseRoot(await findRoots(g), this.#options.root);
    const { mounts, warnings } = await mountGuest(g, root, "rw");
    for (const warning of warnings) this.#warn(warning);
    return mounts;
  }

  #launchSettings(): LaunchSettings {
    const { launch, progress, signal } = this.#options;
    return {
      ...launch,
      signal,
      onProgress: (event) => {
        launch.onProgress?.(event);
        progress?.({ kind: "bytes", position: Number(event.position), total: Number(event.total) });
      },
    };
  }

  #warn(text: string): void {
    this.warnings.push(text);
    this.#options.progress?.({ kind: "warning", text });
  }
}

function blankDisks({ create, recipe, images }: RunOptions): NewDisk[] {
  const wanted = recipe.layout?.diskSizes.length ?? 0;
  if (images.length > 0 && wanted > images.length) {
    const text = `${recipe.file}: the recipe has ${wanted} disks, and only ${images.length} images are given`;
    throw new RunError("image-missing", text);
  }
  if (create === undefined || images.length > 0) return [];
  const sizes = (recipe.layout?.diskSizes ?? []).filter((sizeBytes) => sizeBytes !== undefined);
  if (wanted === 0 || sizes.length < wanted) {
    throw new RunError("image-missing", `${recipe.file}: no image is given, and the recipe has no disk with a size`);
  }
  return sizes.map((sizeBytes) => ({ sizeBytes, format: create.format }));
}

function planOf(work: Work, guest: GuestFacts, steps: readonly StepTrace[], diff: Diff): PlanDocument {
  const images = work.images.map(({ path, format, virtualSize }) => ({
    path,
    format,
    virtualSize: String(virtualSize),
  }));
  return { formatVersion: PLAN_FORMAT_VERSION, images, guest, steps, diff };
}

function phase(options: RunOptions, name: Extract<Parameters<OnRunEvent>[0], { kind: "phase" }>["phase"]): void {
  options.progress?.({ kind: "phase", phase: name });
}
