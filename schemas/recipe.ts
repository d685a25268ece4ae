/**
 * The envelope of a recipe: every key that is not a step's own, as JSON Schema 2020-12, and what a loaded recipe is.
 * Knows no step and no action (see recipe-schema.ts, which puts all together).
 */
import type { JsonSchema } from "./json.ts";
import type { RunRecipe } from "./plan.ts";

export const RECIPE_VERSION = 1;

export const varTypes = ["string", "integer", "boolean", "list"] as const;
export type VarType = (typeof varTypes)[number];

/** Names of variables: what an expression can spell after `vars.`. */
export const VAR_NAME = "^[A-Za-z_][A-Za-z0-9_-]*$";

const scalarOrList: JsonSchema = {
  anyOf: [
    { type: ["string", "integer", "boolean"] },
    { type: "array", items: { type: ["string", "integer", "boolean"] } },
  ],
};

const varFrom: JsonSchema = {
  type: "object",
  description: "Where the value comes from when none is given. One of env, file, prompt.",
  properties: {
    env: { type: "string", minLength: 1, description: "Name of an environment variable." },
    file: {
      type: "string",
      minLength: 1,
      description: "Path of a file, relative to the recipe; the value is its text without a final line break.",
    },
    prompt: { type: "string", minLength: 1, description: "Question to ask on the terminal." },
  },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
};

export const varSchema: JsonSchema = {
  type: "object",
  description: "A variable of the recipe.",
  properties: {
    type: { type: "string", enum: varTypes, description: "Type of the value. Default: string." },
    description: { type: "string", description: "What the variable is for." },
    default: { ...scalarOrList, description: "The value when nothing else gives one. Without it a value is required." },
    pattern: {
      type: "string",
      format: "regex",
      description: "Regular expression (ECMAScript, unicode) that the text, or each item of a list, must match.",
    },
    enum: {
      type: "array",
      items: { type: ["string", "integer", "boolean"] },
      minItems: 1,
      description: "The values that are allowed.",
    },
    secret: {
      type: "boolean",
      description: "The value is never printed, and only steps that keep secrets take it. Default: false.",
    },
    from: varFrom,
  },
  additionalProperties: false,
};

/** The value of `include:`, long form. The short form is the file alone. */
export const includeSchema: JsonSchema = {
  type: "object",
  description: "Puts the steps of another recipe here.",
  properties: {
    file: { type: "string", minLength: 1, description: "Path of the recipe, relative to the file that includes it." },
    vars: {
      type: "object",
      description: "Values for the variables that the included recipe declares. It sees no others.",
      additionalProperties: scalarOrList,
    },
  },
  required: ["file"],
  additionalProperties: false,
};

export const unsupportedChoices = ["error", "warn", "skip"] as const;
export type OnUnsupported = (typeof unsupportedChoices)[number];

/** Keys that may stand beside the one key that names the step. */
export const modifierSchemas = {
  name: { type: "string", minLength: 1, description: "Own words for the step, shown by plan and apply." },
  when: {
    type: ["string", "boolean"],
    description: "Condition, an expression over vars.* and guest.*. The step is skipped when it is false.",
  },
  "for-each": {
    anyOf: [{ type: "array" }, { type: "string", pattern: "^\\s*\\$\\{\\{" }],
    description: "List of values: the step is taken once for each, in order, with `item` as the value.",
  },
  "on-unsupported": {
    type: "string",
    enum: unsupportedChoices,
    description: "What to do when this guest cannot take the step. Default: error.",
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** Properties of the whole recipe but `disks` and the content of `steps`. */
export const envelopeProperties = {
  version: { const: RECIPE_VERSION, description: "Version of the recipe language: 1." },
  name: { type: "string", minLength: 1, description: "Short name of the recipe." },
  description: { type: "string", description: "What the recipe makes." },
  vars: {
    type: "object",
    description: "Variables, by name.",
    propertyNames: { pattern: VAR_NAME },
    additionalProperties: varSchema,
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** A file that a recipe reads on the host. */
export interface InputFile {
  readonly kind: "recipe" | "vars" | "host-file" | "host-folder";
  /** Absolute. */
  readonly path: string;
  /** sha256 in hexadecimal of the bytes that were read; absent for host files and folders, which are read later. */
  readonly sha256?: string;
}

/** A recipe without mistakes, ready to run. */
export interface Recipe extends RunRecipe {
  readonly version: typeof RECIPE_VERSION;
  /** Empty when the recipe has none. */
  readonly name: string;
  readonly description: string;
  /** Every file that was read or that steps will read, the recipe first. */
  readonly files: readonly InputFile[];
}
