/** StepError: a step of a recipe failed. Wraps the cause once, with the step's name and place; does not re-phrase it. */
import type { ActionName, RecipeStep, SourceRange } from "../schemas/index.ts";
import { GuestfsError, messageOf } from "./errors.ts";

export class StepError extends Error {
  override readonly name = "StepError";
  /** Position in the recipe, from 1; 0 is the disk layout. */
  readonly step: number;
  readonly stepName: string;
  readonly source: SourceRange;
  /** The action that failed; absent when the step failed while it looked at the guest. */
  readonly action?: ActionName;
  /** Symbolic errno, "" where there is none. */
  readonly errno: string;

  constructor(step: RecipeStep, cause: unknown, action?: ActionName) {
    const source = sourceOf(cause) ?? step.source;
    super(`${source.file}:${source.line}:${source.column}: step ${step.number} (${step.name}): ${messageOf(cause)}`, {
      cause,
    });
    this.step = step.number;
    this.stepName = step.name;
    this.source = source;
    if (action !== undefined) this.action = action;
    this.errno = cause instanceof GuestfsError ? cause.errno : "";
  }
}

/** A place that the cause knows better than the step (a partition's line in `disks:`). */
function sourceOf(cause: unknown): SourceRange | undefined {
  if (typeof cause !== "object" || cause === null || !("source" in cause)) return undefined;
  const { source } = cause;
  if (typeof source !== "object" || source === null) return undefined;
  if (!("file" in source && "line" in source && "column" in source)) return undefined;
  const { file, line, column } = source;
  const known = typeof file === "string" && typeof line === "number" && typeof column === "number";
  return known ? { file, line, column } : undefined;
}
