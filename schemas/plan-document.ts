/**
 * PlanDocument: what a run did and what it changed, as JSON that programs may keep (`formatVersion`). It is a trace: the
 * actions were really executed. Secrets are never in it. Types and their JSON Schema only.
 */
import { text } from "./document-schema.ts";
import type { ActionName } from "./actions/index.ts";
import { diffBody, type Diff } from "./diff.ts";
import type { Json, JsonSchema } from "./json.ts";
import type { GuestFacts, SourceRange, StepNotice } from "./plan.ts";
import type { StepTraits } from "./step.ts";

/** Raised when a reader of the older form would misread the newer one. */
export const PLAN_FORMAT_VERSION = 1;

export interface PlanDocument {
  readonly formatVersion: typeof PLAN_FORMAT_VERSION;
  /** The images that were started from, in the order of their devices; none for new, blank disks. */
  readonly images: readonly PlanImage[];
  /** The guest before the first step. */
  readonly guest: GuestFacts;
  /** In the order they ran; steps that were already true have no actions. */
  readonly steps: readonly StepTrace[];
  readonly diff: Diff;
}

export interface PlanImage {
  readonly path: string;
  readonly format: string;
  /** Bytes, decimal. */
  readonly virtualSize: string;
}

export interface StepTrace {
  readonly number: number;
  readonly name: string;
  readonly summary: string;
  readonly source: SourceRange;
  readonly traits?: StepTraits;
  /** Why the step did nothing, where it says so. */
  readonly notices?: readonly StepNotice[];
  readonly durationMs: number;
  readonly actions: readonly ActionTrace[];
}

export interface ActionTrace {
  readonly action: ActionName;
  /** Secrets as `(secret)`, long or binary values as `{ bytes, sha256 }`, 64-bit numbers as decimal text. */
  readonly args: Readonly<Record<string, Json>>;
  readonly durationMs: number;
}

const milliseconds: JsonSchema = { type: "number", description: "Duration in milliseconds." };

const guest: JsonSchema = {
  type: "object",
  description: "Facts of the guest; empty text where unknown.",
  properties: {
    root: text("Device of the root filesystem."),
    os: text("linux, ..."),
    distro: text("ID of os-release."),
    version: text("Version of the distribution."),
    arch: text("Processor architecture."),
    packageManager: text("apt, dnf, ..."),
  },
  required: ["os", "distro", "version", "arch", "packageManager"],
  additionalProperties: false,
};

const source: JsonSchema = {
  type: "object",
  description: "Place in the recipe, counted from 1.",
  properties: {
    file: text("Recipe file."),
    line: { type: "integer", description: "Line." },
    column: { type: "integer", description: "Column." },
  },
  required: ["file", "line", "column"],
  additionalProperties: false,
};

const action: JsonSchema = {
  type: "object",
  description: "An action that was executed.",
  properties: {
    action: text("Name of the guestfs action."),
    args: { type: "object", description: "Arguments, secrets hidden, long values as size and digest." },
    durationMs: milliseconds,
  },
  required: ["action", "args", "durationMs"],
  additionalProperties: false,
};

const notice: JsonSchema = {
  type: "object",
  description: "Why a step did nothing.",
  properties: { kind: { enum: ["skipped", "warning"], description: "Kind." }, reason: text("Reason.") },
  required: ["kind", "reason"],
  additionalProperties: false,
};

const step: JsonSchema = {
  type: "object",
  description: "A step and the actions it lowered to.",
  properties: {
    number: { type: "integer", description: "Position in the recipe, from 1; 0 is the disk layout." },
    name: text("Name of the step."),
    summary: text("One line."),
    source,
    traits: { type: "object", description: "What the step does to the guest." },
    notices: { type: "array", items: notice, description: "Why it did nothing." },
    durationMs: milliseconds,
    actions: { type: "array", items: action, description: "Actions in order." },
  },
  required: ["number", "name", "summary", "source", "durationMs", "actions"],
  additionalProperties: false,
};

const image: JsonSchema = {
  type: "object",
  description: "An image that was started from.",
  properties: { path: text("Path."), format: text("Format."), virtualSize: text("Bytes, decimal.") },
  required: ["path", "format", "virtualSize"],
  additionalProperties: false,
};

/** Schema of a {@link PlanDocument} inside another document. */
export const planBody: JsonSchema = {
  type: "object",
  description: "What a recipe does to an image.",
  properties: {
    formatVersion: { const: PLAN_FORMAT_VERSION, description: "Version of this form." },
    images: { type: "array", items: image, description: "Images that were started from; none for blank disks." },
    guest,
    steps: { type: "array", items: step, description: "Steps in the order they ran." },
    diff: diffBody,
  },
  required: ["formatVersion", "images", "guest", "steps", "diff"],
  additionalProperties: false,
};

/** JSON Schema (2020-12) of {@link PlanDocument}. */
export const planSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "gild plan",
  ...planBody,
};
