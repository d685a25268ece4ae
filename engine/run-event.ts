/** What a run tells while it goes on, for progress on a terminal or a log. Types only. */
import type { ActionName, StepNotice } from "../schemas/index.ts";
import type { Recovery } from "./recover.ts";

export const runPhases = ["open", "launch", "inspect", "steps", "compare", "read-before", "commit", "done"] as const;
export type RunPhase = (typeof runPhases)[number];

export type RunEvent =
  | { readonly kind: "phase"; readonly phase: RunPhase }
  /** `index` counts from 1 to `count`; `number` is the step's own (0: the disk layout). */
  | {
      readonly kind: "step";
      readonly number: number;
      readonly index: number;
      readonly count: number;
      readonly name: string;
      readonly summary: string;
    }
  | { readonly kind: "step-done"; readonly number: number; readonly actions: number; readonly durationMs: number }
  | { readonly kind: "notice"; readonly number: number; readonly step: string; readonly notice: StepNotice }
  | { readonly kind: "warning"; readonly text: string }
  /** Before the run: what an interrupted commit had left was finished. */
  | { readonly kind: "recovered"; readonly recovery: Recovery }
  /** After a failure, where that was asked for: the file to go on from; none where the appliance did not end well, or of new disks. */
  | { readonly kind: "kept"; readonly path: string | undefined; readonly step: number | undefined }
  | { readonly kind: "action"; readonly number: number; readonly action: ActionName }
  /** Bytes (or the daemon's own units) moved by the current activity; `total` 0 when it is not known. */
  | { readonly kind: "bytes"; readonly position: number; readonly total: number };

export type OnRunEvent = (event: RunEvent) => void;
