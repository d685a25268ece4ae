/**
 * The difference a run has made, in three parts, because the guest after the steps and the base are never open at the same
 * time (two disks with the same UUIDs must not meet in one appliance): read what is now, read of the base what is missing,
 * compare.
 */
import { DIFF_FORMAT_VERSION, type BlockChange, type Diff, type Guestfs } from "../../schemas/index.ts";
import type { BeforeState } from "../before-state.ts";
import type { Effects } from "../effects.ts";
import type { GuestMount } from "../mounts.ts";
import { compareBlocks, readBlocks } from "./block.ts";
import { findCandidates, planReading, type Candidates, type ReadRequest } from "./classify.ts";
import { compareFiles } from "./compare.ts";
import { gatherDetails, noDetails, type Details } from "./gather.ts";
import type { Redactor } from "./redact.ts";
import { emptySnapshot } from "./snapshot.ts";
import { readTree, type Tree } from "./tree.ts";
import { findTrust, trustNothing } from "./trust.ts";

/** What was found while the guest after the steps was open. */
export interface AfterState {
  readonly candidates: Candidates;
  readonly tree: Tree;
  readonly details: Details;
  readonly blocks: readonly BlockChange[];
  /** What must be read of the base, on these mounts. */
  readonly wanted: ReadRequest;
  readonly mounts: readonly GuestMount[];
}

export interface ReadAfterOptions {
  readonly before: BeforeState;
  readonly effects: Effects;
  /** Compares the content of every file. */
  readonly full: boolean;
  readonly signal?: AbortSignal;
}

const nothing: Candidates = { added: [], removed: [], suspects: [] };

/** Reads the guest after the steps, while it is still mounted. */
export async function readAfter(g: Guestfs, options: ReadAfterOptions): Promise<AfterState> {
  const { before, effects, signal } = options;
  const blocks = before.blocks === undefined ? [] : compareBlocks(before.blocks, await readBlocks(g));
  const withDevices = [...blocks, ...deviceChanges(effects)];
  const empty = { candidates: nothing, tree: new Map(), details: noDetails, mounts: before.mounts };
  const wanted = { xattrs: [], targets: [], contents: [], digests: [] };
  if (before.snapshot === undefined) return { ...empty, blocks: withDevices, wanted };

  await before.restoreMounts();
  if (before.mounts.length === 0) return { ...empty, blocks: withDevices, wanted };
  const tree = await readTree(g);
  const doubtAll = options.full || effects.deviceWrites.size > 0;
  const trust = doubtAll ? trustNothing : await findTrust(g, tree, before.mounts);
  const candidates = findCandidates(before.snapshot.tree, tree, trust);
  const reading = planReading(candidates, before.snapshot.tree, tree, effects.named);
  const details = await gatherDetails(g, reading.after, signal);
  const missing = before.prefetch.missing(reading.before, details);
  return { candidates, tree, details, blocks: withDevices, wanted: missing, mounts: before.mounts };
}

/** True when the base has to be opened. */
export function needsBase(state: AfterState): boolean {
  const { xattrs, targets, contents, digests } = state.wanted;
  return xattrs.length + targets.length + contents.length + digests.length > 0;
}

/** @param base what was read of the base, or nothing where needsBase() is false */
export function finishDiff(
  state: AfterState,
  base: Details,
  before: BeforeState,
  effects: Effects,
  redactor: Redactor,
): Diff {
  const files = compareFiles({
    candidates: state.candidates,
    before: before.snapshot ?? emptySnapshot,
    beforeDetails: before.prefetch.complete(base),
    after: state.tree,
    afterDetails: state.details,
    redactor,
    timesSet: effects.timesSet,
  });
  return { formatVersion: DIFF_FORMAT_VERSION, blocks: state.blocks, files };
}

/** A device that an action wrote to unseen counts as changed: work is never lost as "nothing to change". */
function deviceChanges(effects: Effects): BlockChange[] {
  return [...effects.deviceWrites].map(([name, actions]) => ({
    kind: "device",
    name,
    change: "changed",
    fields: [{ name: "written by", after: [...actions].sort().join(", ") }],
  }));
}
