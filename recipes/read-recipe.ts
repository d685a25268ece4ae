/**
 * Reads a recipe file and the files it includes, to prepared steps in order. Envelope, variables, `include:` and
 * `for-each:` are dealt with here; arguments of steps are not looked at.
 */
import { dirname, isAbsolute, join, resolve as resolvePath } from "node:path";

import {
  RECIPE_VERSION,
  envelopeProperties,
  includeSchema,
  type DiagnosticSource,
  type JsonSchema,
} from "../schemas/index.ts";
import type { Catalogue } from "./catalogue.ts";
import { checkAgainst, checkResolved } from "./check-schema.ts";
import { UNKNOWN, hasBrokenVars, typeWord, type Known, type Scope, type Value } from "./expressions/evaluate.ts";
import { asObject } from "./instantiate.ts";
import { parseYaml } from "./parse.ts";
import { isList, refuseExpressions, resolve } from "./resolve.ts";
import type { LoadSession } from "./session.ts";
import {
  conditionOf,
  findBody,
  onUnsupportedOf,
  takeApart,
  type Condition,
  type PreparedStep,
  type StepItem,
} from "./step-item.ts";
import { childOf, entryOf, locate, type MapNode, type Tree } from "./tree.ts";
import { readVars, type Given, type VarsInput } from "./vars.ts";

const MAX_INCLUDE_DEPTH = 16;
const MAX_INCLUDES = 1000;
const MAX_STEPS = 10_000;

/** What stays the same for all files of one load. */
export interface ReadContext {
  readonly session: LoadSession;
  readonly catalogue: Catalogue;
  readonly env: VarsInput["env"];
  readonly prompt: VarsInput["prompt"];
  /** Grows with every step and include, over all files. */
  readonly counts: { steps: number; includes: number };
}

/** One file to read, and what its reader hands down. */
interface FileRequest {
  readonly path: string;
  /** Name for diagnostics. */
  readonly shown: string;
  /** Where it is included; undefined for the recipe itself. */
  readonly includedAt: DiagnosticSource | undefined;
  readonly given: ReadonlyMap<string, Given>;
  readonly conditions: readonly Condition[];
  /** Real paths of the files that are being read. */
  readonly chain: readonly string[];
}

export interface ReadRecipe {
  readonly tree: MapNode;
  readonly scope: Scope;
  readonly steps: readonly PreparedStep[];
}

/** @returns undefined when nothing of it can be used; what is wrong is reported */
export async function readRecipe(
  path: string,
  given: ReadonlyMap<string, Given>,
  context: ReadContext,
): Promise<ReadRecipe | undefined> {
  const request = { path: resolvePath(path), shown: path, includedAt: undefined, given, conditions: [], chain: [] };
  return await readFile(request, context);
}

async function readFile(request: FileRequest, context: ReadContext): Promise<ReadRecipe | undefined> {
  const { session } = context;
  const start = { file: request.shown, line: 1, column: 1 };
  const at = request.includedAt ?? start;
  const missing = request.includedAt === undefined ? "file-unreadable" : "include-missing";
  const file = session.readText(request.path, "recipe", at, missing);
  if (file === undefined) return undefined;
  if (request.chain.includes(file.realPath)) {
    session.report.error("include-cycle", at, `${request.shown} includes itself`);
    return undefined;
  }
  session.texts.set(request.shown, file.text);
  const tree = parseYaml(file.text, request.shown, session.report);
  if (tree === undefined) return undefined;
  if (tree.kind !== "map") {
    const detail = "A recipe starts with `version: 1`; its steps stand below `steps:`.";
    session.report.error("wrong-type", tree.place, "a recipe is a mapping", detail);
    return undefined;
  }
  if (!checkVersion(tree, start, context)) return undefined;
  const scope = await readEnvelope(tree, request, context);
  const steps = await readItems(tree, scope, { ...request, chain: [...request.chain, file.realPath] }, context);
  return { tree, scope, steps };
}

/** @returns false when the rest cannot be judged */
function checkVersion(tree: MapNode, start: DiagnosticSource, { session }: ReadContext): boolean {
  const entry = entryOf(tree, "version");
  if (entry === undefined) {
    session.report.error("version-missing", start, "the recipe has no version", "Its first line is `version: 1`.");
    return true;
  }
  const { value } = entry;
  if (value.kind === "scalar" && value.value === RECIPE_VERSION) return true;
  const place = value.kind === "scalar" ? value.place : entry.place;
  const isText = value.kind === "scalar" && value.value === String(RECIPE_VERSION);
  session.report.error(
    "version-unsupported",
    place,
    `this gild knows version ${RECIPE_VERSION} of the recipe language only`,
    isText ? "Write it without quotes: `version: 1`." : "A newer recipe needs a newer gild.",
  );
  return false;
}

const envelope: JsonSchema = {
  type: "object",
  properties: {
    ...envelopeProperties,
    vars: {},
    disks: {},
    steps: { type: "array", description: "What to do, in order." },
  },
  additionalProperties: false,
};
const varsSchema: JsonSchema = envelopeProperties.vars;

async function readEnvelope(tree: MapNode, request: FileRequest, context: ReadContext): Promise<Scope> {
  const { session } = context;
  checkAgainst(envelope, tree, "", tree.place, session);
  for (const key of ["name", "description"]) refuseExpressions(childOf(tree, key), session.report, key);
  const vars = entryOf(tree, "vars");
  const declared = vars?.value;
  refuseExpressions(declared, session.report, "the declaration of variables");
  const disks = entryOf(tree, "disks");
  if (disks !== undefined && request.includedAt !== undefined) {
    const detail = "The disks are those of the recipe that includes it.";
    session.report.error("not-allowed", disks.place, "an included recipe has no disks", detail);
  }
  if (vars !== undefined && !checkAgainst(varsSchema, vars.value, "vars", vars.place, session)) {
    return { vars: allUnknown(declared) };
  }
  const input: VarsInput = {
    declared,
    given: request.given,
    place: vars?.place ?? { file: request.shown, line: 1, column: 1 },
    blame: request.includedAt,
    folder: dirname(request.path),
    env: context.env,
    prompt: context.prompt,
  };
  return { vars: await readVars(input, session) };
}

function allUnknown(declared: Tree | undefined): ReadonlyMap<string, Known<Value>> {
  const names = declared?.kind === "map" ? [...declared.entries.keys()] : [];
  return new Map(names.map((name) => [name, UNKNOWN]));
}

async function readItems(
  tree: MapNode,
  scope: Scope,
  request: FileRequest,
  context: ReadContext,
): Promise<readonly PreparedStep[]> {
  const list = childOf(tree, "steps");
  const steps: PreparedStep[] = [];
  for (const node of list?.kind === "list" ? list.items : []) {
    const item = takeApart(node, context.catalogue, context.session);
    if (item === undefined) continue;
    for (const round of roundsOf(item, scope, context)) {
      for (const step of await readItem(item, round, request, context)) steps.push(step);
      if (context.counts.steps > MAX_STEPS || context.counts.includes > MAX_INCLUDES) return steps;
    }
  }
  return steps;
}

/** The scopes of the rounds of `for-each:`; the scope itself without it. */
function roundsOf(item: StepItem, scope: Scope, { session }: ReadContext): readonly Scope[] {
  const entry = item.modifiers.get("for-each");
  if (entry === undefined) return [scope];
  const { value, deferred, failed } = resolve(entry.value, scope, session.report);
  const place = locate(entry.value, [], entry.place);
  if (deferred.size > 0 && hasBrokenVars(scope)) return [];
  if (deferred.size > 0) {
    const detail = "The steps of a recipe do not depend on the guest. Use `when:` on the step.";
    session.report.error("expression-place", place, "for-each cannot depend on the guest", detail);
    return [];
  }
  if (failed.size > 0) return [];
  if (!isList(value)) {
    // A wrong literal was reported against the schema.
    if (entry.value.kind === "scalar" && typeof entry.value.value === "string") {
      session.report.error("expression-type", place, `for-each needs a list, this is ${typeWord(value)}`);
    }
    return [];
  }
  return value.map((one) => ({ ...scope, item: one }));
}

async function readItem(
  item: StepItem,
  scope: Scope,
  request: FileRequest,
  context: ReadContext,
): Promise<readonly PreparedStep[]> {
  const { session, counts } = context;
  const own = conditionOf(item, scope, session);
  const conditions = own === undefined ? request.conditions : [...request.conditions, own];
  if (item.name === "include") return await readInclude(item, scope, { ...request, conditions }, context);
  const body = findBody(item, context.catalogue, session);
  const onUnsupported = onUnsupportedOf(item, body, session);
  counts.steps += 1;
  if (counts.steps > MAX_STEPS) {
    session.report.error("too-many-steps", item.key, `more than ${MAX_STEPS} steps`);
    return [];
  }
  if (body === undefined) return [];
  return [{ item, body, scope, conditions, onUnsupported, folder: dirname(request.path) }];
}

async function readInclude(
  item: StepItem,
  scope: Scope,
  request: FileRequest,
  context: ReadContext,
): Promise<readonly PreparedStep[]> {
  const { session, counts } = context;
  for (const name of ["on-unsupported", "name"]) {
    const entry = item.modifiers.get(name);
    if (entry !== undefined) session.report.error("unknown-key", entry.place, `${name} cannot stand beside include`);
  }
  counts.includes += 1;
  if (request.chain.length > MAX_INCLUDE_DEPTH || counts.includes > MAX_INCLUDES) {
    session.report.error("include-depth", item.key, `includes nested deeper than ${MAX_INCLUDE_DEPTH}, or too many`);
    return [];
  }
  const include = includeArgs(item, scope, session);
  if (include === undefined) return [];
  const path = resolvePath(dirname(request.path), include.file);
  const shown = isAbsolute(include.file) ? include.file : join(dirname(request.shown), include.file);
  const inner = { ...request, path, shown, includedAt: include.place, given: include.given };
  return (await readFile(inner, context))?.steps ?? [];
}

interface IncludeArgs {
  readonly file: string;
  readonly place: DiagnosticSource;
  readonly given: ReadonlyMap<string, Given>;
}

function includeArgs(item: StepItem, scope: Scope, session: LoadSession): IncludeArgs | undefined {
  const tree: Tree = asLongForm(item);
  const errorsBefore = session.report.errors;
  const resolved = resolve(tree, scope, session.report);
  if (resolved.deferred.size > 0 && hasBrokenVars(scope)) return undefined;
  for (const pointer of resolved.deferred) {
    const place = locate(tree, pointer.split("/").slice(1), item.key);
    session.report.error("expression-place", place, "include cannot depend on the guest", "Use `when:` beside it.");
  }
  checkResolved(includeSchema, tree, resolved, "include", item.key, session);
  const { file, vars } = asObject(resolved.value);
  if (session.report.errors > errorsBefore || typeof file !== "string") return undefined;
  const given = Object.entries(asObject(vars ?? null)).map(([name, value]) => {
    const source = entryOf(childOf(tree, "vars"), name)?.place ?? item.key;
    return [name, { value, isText: false, source }] as const;
  });
  return { file, place: locate(tree, ["file"], item.key), given: new Map(given) };
}

/** `- include: base.yaml` is `- include: { file: base.yaml }`. */
function asLongForm({ key, args }: StepItem): Tree {
  if (args?.kind === "map") return args;
  const file = args === undefined ? [] : [["file", { name: "file", place: key, value: args }] as const];
  return { kind: "map", entries: new Map(file), place: key };
}
