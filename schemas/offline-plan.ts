/**
 * OfflinePlan: what a recipe would run on a guest of which nothing is known, as JSON that programs may keep (`formatVersion`). The
 * actions are unconditional: on a real guest those whose effect is there already fall away, and the texts that a step edits are
 * that guest's. Types and their JSON Schema only.
 */
import { closed, text } from "./document-schema.ts";
import type { ActionTrace } from "./plan-document.ts";
import type { JsonSchema } from "./json.ts";
import type { SourceRange } from "./plan.ts";
import type { StepTraits } from "./step.ts";

/** Raised when a reader of the older form would misread the newer one. */
export const OFFLINE_PLAN_FORMAT_VERSION = 1;
export const OFFLINE_PLAN_KIND = "gild offline plan";

export interface OfflinePlan {
  readonly kind: typeof OFFLINE_PLAN_KIND;
  readonly formatVersion: typeof OFFLINE_PLAN_FORMAT_VERSION;
  readonly unconditional: true;
  /** In the order they would run; the disk layout first, as number 0. */
  readonly steps: readonly OfflineStep[];
}

export interface OfflineStep {
  readonly number: number;
  readonly name: string;
  readonly summary: string;
  readonly source: SourceRange;
  readonly traits?: StepTraits;
  readonly actions: readonly OfflineAction[];
  /** Why nothing is known of the actions. */
  readonly guestNeeded?: string;
}

/** Arguments as in {@link ActionTrace}. */
export type OfflineAction = Pick<ActionTrace, "action" | "args">;

const integer = (description: string): JsonSchema => ({ type: "integer", description });

const action = closed("An action that would be executed.", {
  action: text("Name of the guestfs action."),
  args: { type: "object", description: "Arguments, secrets hidden, long values as size and digest." },
});

const step = closed(
  "A step and the actions it lowers to without a guest.",
  {
    number: integer("Position in the recipe, from 1; 0 is the disk layout."),
    name: text("Name of the step."),
    summary: text("One line."),
    source: closed("Place in the recipe, counted from 1.", {
      file: text("Recipe file."),
      line: integer("Line."),
      column: integer("Column."),
    }),
    traits: { type: "object", description: "What the step does to the guest." },
    actions: { type: "array", items: action, description: "Actions in order." },
    guestNeeded: text("Why nothing is known of the actions."),
  },
  ["traits", "guestNeeded"],
);

/** JSON Schema (2020-12) of {@link OfflinePlan}. */
export const offlinePlanSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "gild offline plan",
  ...closed("What a recipe would run on a guest of which nothing is known.", {
    kind: { const: OFFLINE_PLAN_KIND, description: "What this document is." },
    formatVersion: { const: OFFLINE_PLAN_FORMAT_VERSION, description: "Version of this form." },
    unconditional: { const: true, description: "On a guest, actions whose effect is there already fall away." },
    steps: { type: "array", items: step, description: "Steps in the order they would run." },
  }),
};
