/** What a run needs to be kept when it fails, and to go on from a kept one (kept-run.ts). */
import type { Diff, RunRecipe } from "../schemas/index.ts";
import type { OnRunEvent } from "./run-event.ts";
import { RunError } from "./run-error.ts";
import { StepError } from "./step-error.ts";
import type { Work } from "./work.ts";

export interface KeepOptions {
  readonly keepOnFailure?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: OnRunEvent;
}

/** A run on an appliance. */
export interface KeepableRun<T> {
  run(): Promise<T>;
  /** After a failure: everything is in the overlays. */
  readonly endedWell: boolean;
  /** See KeptRun. */
  readonly unseen: boolean;
}

/** Runs, and keeps the changes of a run that fails, if that was asked for. One that is interrupted is given up. */
export async function keepChanges<T>(options: KeepOptions, work: Work, session: KeepableRun<T>): Promise<T> {
  try {
    return await session.run();
  } catch (error) {
    if (options.keepOnFailure !== true || options.signal?.aborted === true) throw error;
    const path = session.endedWell ? await work.keep(session.unseen) : undefined;
    const step = error instanceof StepError ? error.step : undefined;
    options.progress?.({ kind: "kept", path, step });
    throw error;
  }
}

/** @throws RunError step-missing */
export function checkFromStep({ file, steps }: RunRecipe, fromStep: number | undefined): void {
  if (fromStep === undefined || steps.some(({ number }) => number === fromStep)) return;
  throw new RunError("step-missing", `${file}: there is no step ${fromStep}; the last is ${steps.length}`);
}

/** What earlier steps wrote to devices counts as a change: work is never lost as "nothing to change". */
export function withUnseen(diff: Diff): Diff {
  const fields = [{ name: "written by", after: "the steps before" }];
  return { ...diff, blocks: [...diff.blocks, { kind: "device", name: "/dev/sda", change: "changed", fields }] };
}
