/**
 * composeRecipeSchema(): the JSON Schema of a whole recipe, for editors and for `gild schema`: the envelope, every step and
 * every action. Steps come in as a parameter (schemas/ imports nothing). gild itself validates step by step
 * (recipes/validate.ts), which gives better messages; a test holds both against each other.
 */
import { isStream, type AnyField } from "./field.ts";
import type { AnyAction } from "./action.ts";
import { actions, type ActionName } from "./actions/index.ts";
import type { Json, JsonSchema } from "./json.ts";
import { envelopeProperties, includeSchema, modifierSchemas } from "./recipe.ts";
import { HOST_FILE } from "./step-schema.ts";
import type { StepSchema, StepSpec } from "./step.ts";

/** Why recipes may not use an action; undefined when they may. */
export function whyNotInRecipes(name: ActionName): string | undefined {
  const spec: AnyAction = actions[name];
  if (name.startsWith("internal_")) return "it is internal: its meaning may change";
  if (Object.values(spec.args).some((field) => field.kind === "fileout")) return "it writes a file on the host";
  return undefined;
}

/** Names of the actions that recipes may use, sorted. */
export function recipeActions(): readonly ActionName[] {
  // Object.keys() forgets the key type.
  return (Object.keys(actions) as ActionName[])
    .filter((name) => whyNotInRecipes(name) === undefined)
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** What an action takes in a recipe: required and optional arguments by their names, closed. */
export function actionSchema(name: ActionName): StepSchema {
  const spec: AnyAction = actions[name];
  const fields: [string, AnyField][] = [...Object.entries(spec.args), ...Object.entries(spec.optargs)];
  return {
    type: "object",
    description: spec.description,
    properties: Object.fromEntries(fields.map(([argument, field]) => [argument, argumentSchema(field)])),
    required: Object.keys(spec.args),
    additionalProperties: false,
  };
}

function argumentSchema(field: AnyField): JsonSchema {
  if (isStream(field)) return { type: "string", minLength: 1, format: HOST_FILE, description: field.doc };
  const secret: JsonSchema = field.kind === "key" || field.kind === "buffer" ? { writeOnly: true } : {};
  return { ...field.json, ...secret, description: field.doc };
}

const EXPRESSION = "^[\\s\\S]*\\$\\{\\{[\\s\\S]*\\}\\}[\\s\\S]*$";

/**
 * @param steps the catalogue
 * @param disks schema of the value of `disks:`
 */
export function composeRecipeSchema(steps: readonly StepSpec[], disks: JsonSchema): JsonSchema {
  const bareSteps = steps.filter((step) => requiredOf(step.schema).length === 0).map((step) => step.name);
  const bareActions = recipeActions().filter((name) => requiredOf(actionSchema(name)).length === 0);
  const bare = [...new Set([...bareSteps, ...bareActions])].toSorted((a, b) => (a < b ? -1 : 1));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "gild recipe",
    description: "What a disk image must contain.",
    type: "object",
    properties: {
      ...envelopeProperties,
      disks: withExpressions(disks),
      steps: {
        type: "array",
        description: "What to do, in order.",
        items: { anyOf: [{ type: "string", enum: bare }, stepItem(steps)] },
      },
    },
    required: ["version"],
    additionalProperties: false,
    $defs: {
      expression: {
        type: "string",
        pattern: EXPRESSION,
        description: "A value with ${{ }} expressions.",
      },
    },
  };
}

function stepItem(steps: readonly StepSpec[]): JsonSchema {
  const byName = new Map<string, JsonSchema>();
  for (const name of recipeActions()) byName.set(name, actionForms(name));
  for (const step of steps) {
    const own = stepForms(step);
    const action = byName.get(step.name);
    byName.set(step.name, action === undefined ? own : { anyOf: [own, action], description: step.description });
  }
  byName.set("include", { anyOf: [{ type: "string", minLength: 1 }, withExpressions(includeSchema)] });
  return {
    type: "object",
    properties: { ...modifierSchemas, ...Object.fromEntries([...byName].sort(([a], [b]) => (a < b ? -1 : 1))) },
    minProperties: 1,
    additionalProperties: false,
  };
}

function actionForms(name: ActionName): JsonSchema {
  const schema = actionSchema(name);
  const mapping = withExpressions(schema);
  if (requiredOf(schema).length > 0) return mapping;
  return { anyOf: [mapping, { type: "null" }], description: schema["description"] ?? "" };
}

/** Long form, short form, and nothing where nothing is required. */
function stepForms(step: StepSpec): JsonSchema {
  const { schema, short, description } = step;
  const required = requiredOf(schema);
  const forms: Json[] = [withExpressions(schema)];
  const shortForm = short === undefined ? undefined : schema.properties[short];
  if (shortForm !== undefined && required.every((key) => key === short)) forms.push(orExpression(shortForm));
  if (required.length === 0) forms.push({ type: "null" });
  return forms.length === 1 ? { ...withExpressions(schema), description } : { anyOf: forms, description };
}

function requiredOf(schema: StepSchema): readonly Json[] {
  return Array.isArray(schema["required"]) ? schema["required"] : [];
}

/** Lets every value inside be an expression instead: those have the right type only once they are evaluated. */
function withExpressions(schema: JsonSchema): JsonSchema {
  const inner: Record<string, Json> = { ...schema };
  for (const keyword of ["properties", "patternProperties"]) {
    const group = schema[keyword];
    if (isObject(group)) inner[keyword] = mapValues(group, orExpression);
  }
  for (const keyword of ["items", "additionalProperties"]) {
    const one = schema[keyword];
    if (isObject(one)) inner[keyword] = orExpression(one);
  }
  const branches = schema["anyOf"];
  if (Array.isArray(branches)) inner["anyOf"] = branches.map((one) => (isObject(one) ? withExpressions(one) : one));
  return inner;
}

function orExpression(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const inner = withExpressions(schema);
  const takesAnyText = schema["type"] === "string" && Object.keys(schema).every((key) => !(key in narrowing));
  if (takesAnyText) return inner;
  const { description, ...rest } = inner;
  return { anyOf: [rest, { $ref: "#/$defs/expression" }], ...(description === undefined ? {} : { description }) };
}

const narrowing = { pattern: true, enum: true, const: true, maxLength: true };

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(group: { readonly [key: string]: Json }, change: (value: Json) => Json): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(group).map(([key, value]) => [key, change(value)]));
}
