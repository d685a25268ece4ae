/**
 * The difference a run has made: the guest after the steps against the base, of which only what was touched is read where the
 * daemon could watch, and everything where it could not.
 */
import {
  DIFF_FORMAT_VERSION,
  type BlockChange,
  type Diff,
  type FieldChange,
  type FileChange,
} from "../../schemas/index.ts";
import type { Effects } from "../effects.ts";
import type { Calls, Tracker } from "../tracker.ts";
import { openAgain, prepareBase } from "./base-state.ts";
import { compareBlocks, readBlocks, type BlockState } from "./block.ts";
import { compareSides, type SidesResult } from "./compare-sides.ts";
import { ForeignSide } from "./foreign-side.ts";
import { OwnSide } from "./own-side.ts";
import type { Redactor } from "./redact.ts";
import { emptySide, type Scope, type Side } from "./side.ts";
import { readTouched, scopeOf, wholeScope, type Touched } from "./touched.ts";
import { isHidden } from "./volumes.ts";

export interface RunDiffOptions {
  /** The guest after the steps. */
  readonly calls: Calls;
  /** The base, launched when it is asked for; undefined where there was nothing before. */
  readonly base: () => Promise<Calls | undefined>;
  readonly tracker: Tracker;
  readonly effects: Effects;
  readonly redactor: Redactor;
  /** Compares the content of every file. */
  readonly full: boolean;
}

const nothing: SidesResult = { files: [], mounts: [] };
/** Fields by which a device holds something else than before. */
const otherContent: ReadonlySet<string> = new Set(["start", "type", "uuid"]);

export async function runDiff(options: RunDiffOptions): Promise<Diff> {
  const { calls, tracker, effects } = options;
  if (!effects.any && !tracker.resumed) return { formatVersion: DIFF_FORMAT_VERSION, blocks: [], files: [] };
  await openAgain(calls.g, tracker.opening);
  await tracker.noteVolumes();
  const touched = await readChanges(options);
  const base = new LazyBase(options);
  const blocks = tracker.blocksReached ? await blockChanges(options, base) : [];
  if (touched !== undefined) addDoubts(touched, options, blocks);
  const { files, mounts, ...packages } = await fileChanges(options, base, touched);
  return {
    formatVersion: DIFF_FORMAT_VERSION,
    blocks: [...blocks, ...mounts, ...deviceChanges(effects, touched, files, tracker)],
    files: files.filter(({ path }) => !isHidden(path)),
    ...packages,
  };
}

/** The base, made ready when it is first needed. */
class LazyBase {
  readonly #options: RunDiffOptions;
  #ready: Promise<Calls | undefined> | undefined;

  constructor(options: RunDiffOptions) {
    this.#options = options;
  }

  calls(): Promise<Calls | undefined> {
    this.#ready ??= this.#open();
    return this.#ready;
  }

  async #open(): Promise<Calls | undefined> {
    const { base, tracker } = this.#options;
    const calls = await base();
    if (calls !== undefined) await prepareBase(calls, tracker, calls.gild === undefined || tracker.blocksReached);
    return calls;
  }
}

/** What was watched; undefined where there is nothing to compare with, or nobody who could watch. */
async function readChanges({ calls: { gild }, tracker }: RunDiffOptions): Promise<Touched | undefined> {
  if (gild === undefined || tracker.blank) return undefined;
  if (tracker.doubt === undefined) return await readTouched(gild);
  return { files: new Map(), doubts: new Map([["", tracker.doubt]]), opened: [], written: [] };
}

async function blockChanges({ calls, tracker }: RunDiffOptions, base: LazyBase): Promise<BlockChange[]> {
  const before = async (): Promise<BlockState> => {
    const opened = tracker.blocks === undefined ? await base.calls() : undefined;
    return opened === undefined ? (tracker.blocks ?? new Map()) : await readBlocks(opened.g);
  };
  const [was, now] = await Promise.all([before(), readBlocks(calls.g)]);
  return compareBlocks(was, now);
}

/** Where something below the watched files was written to, all of them may have changed. */
function addDoubts(touched: Touched, { effects, full }: RunDiffOptions, blocks: readonly BlockChange[]): void {
  const { doubts, opened } = touched;
  if (full) doubts.set("", "asked for");
  if (effects.deviceWrites.size > 0) doubts.set("", "a device was written to");
  for (const device of effects.formatted) doubts.set(device, "formatted");
  if (effects.guestPrograms.size > 0)
    for (const device of opened) doubts.set(device, "opened by a program of the guest");
  for (const { name, change, fields } of blocks) {
    if (change !== "changed" || fields.some((field) => otherContent.has(field.name)))
      doubts.set(name, "another device");
  }
}

async function fileChanges(
  options: RunDiffOptions,
  base: LazyBase,
  touched: Touched | undefined,
): Promise<SidesResult> {
  const { calls, tracker, effects, redactor, full } = options;
  const { volumes, blank } = tracker;
  const { gild } = calls;
  const scope = gild === undefined ? foreignScope(tracker) : ownScope(touched, tracker);
  if (scope.size === 0) return nothing;
  if (gild === undefined) await tracker.restoreMounts();
  const digestAll = full || effects.deviceWrites.size > 0;
  const sideOf = (side: Calls): Side =>
    side.gild === undefined ? new ForeignSide(side.g, digestAll) : new OwnSide(side.gild, volumes);
  const before = blank ? undefined : await base.calls();
  return await compareSides({
    before: before === undefined ? emptySide : sideOf(before),
    after: sideOf(calls),
    scope,
    volumes,
    touched,
    redactor,
    named: effects.named,
    timesSet: effects.timesSet,
    lenses: effects.lenses,
  });
}

function ownScope(touched: Touched | undefined, { volumes }: Tracker): Scope {
  return touched === undefined ? wholeScope(volumes) : scopeOf(touched, volumes);
}

/** A foreign daemon knows no filesystems, only the guest as it is mounted. */
function foreignScope(tracker: Tracker): Scope {
  return new Map(tracker.mounts.length === 0 ? [] : [["", { paths: [], trees: ["/"], digests: false }]]);
}

/** A device that was written to unseen counts as changed: work is never lost as "nothing to change". */
function deviceChanges(
  effects: Effects,
  touched: Touched | undefined,
  files: readonly FileChange[],
  tracker: Tracker,
): BlockChange[] {
  const fields = new Map<string, FieldChange[]>();
  const add = (device: string, name: string, after: string): void => {
    fields.set(device, [...(fields.get(device) ?? []), { name, after }]);
  };
  for (const [device, actions] of effects.deviceWrites) add(device, "written by", [...actions].sort().join(", "));
  if (effects.guestPrograms.size > 0) {
    const programs = [...effects.guestPrograms].sort().join(", ");
    for (const device of touched?.written ?? [])
      if (!effects.deviceWrites.has(device)) add(device, "written by", programs);
  }
  const hidden = files.filter(({ path }) => isHidden(path)).map(({ path }) => tracker.volumes.placeOf(path));
  for (const device of new Set(hidden.map((place) => place.device))) {
    const [first, ...others] = hidden.filter((place) => place.device === device).map(({ path }) => path);
    add(device, "hidden files", others.length === 0 ? (first ?? "") : `${first} and ${others.length} more`);
  }
  return [...fields].map(([name, list]) => ({ kind: "device", name, change: "changed", fields: list }));
}
