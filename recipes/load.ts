/**
 * loadRecipe(): a recipe file to a recipe that can be run, or to every mistake in it. Reads files on the host; meets no
 * guest.
 */
import { dirname, resolve as resolvePath } from "node:path";

import {
  RECIPE_VERSION,
  Secret,
  type Diagnostic,
  type DiagnosticSource,
  type Recipe,
  type RecipeStep,
} from "../schemas/index.ts";
import { Catalogue } from "./catalogue.ts";
import { checkResolved } from "./check-schema.ts";
import { checkDisks, disksSchema, makeLayout, placeInSteps, type Disks, type DisksPlan } from "./disks/index.ts";
import { hasBrokenVars, type Scope } from "./expressions/evaluate.ts";
import { makeStep } from "./lower.ts";
import { parseYaml } from "./parse.ts";
import { readRecipe } from "./read-recipe.ts";
import { asJson, refuseExpressions, resolve } from "./resolve.ts";
import { LoadSession } from "./session.ts";
import { childOf, entryOf, locate, type MapNode } from "./tree.ts";
import { Validator } from "./validator.ts";
import type { Given } from "./vars.ts";

export interface LoadOptions {
  /** Values from the command line (`--var name=value`), text. Stronger than vars files. */
  readonly vars?: Readonly<Record<string, string>>;
  /** YAML files with a mapping of values; later ones are stronger. */
  readonly varsFiles?: readonly string[];
  /** The environment that `from: { env: NAME }` sees. Default: empty. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asks on a terminal, for `from: { prompt: text }`. Without it there is no terminal. */
  readonly prompt?: (question: string, secret: boolean) => Promise<string>;
}

export interface LoadResult {
  /** Absent when there is an error among the diagnostics. */
  readonly recipe?: Recipe;
  /** Everything found, sorted by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** Text of each recipe file, by the name in `Diagnostic.source.file`, for excerpts. */
  readonly texts: ReadonlyMap<string, string>;
}

/** @param path of the recipe; diagnostics name it so, and included files relative to it */
export async function loadRecipe(path: string, options: LoadOptions = {}): Promise<LoadResult> {
  const session = new LoadSession(await Validator.create());
  const given = givenVars(options, session);
  const counts = { steps: 0, includes: 0 };
  const context = { session, catalogue: new Catalogue(), env: options.env ?? {}, prompt: options.prompt, counts };
  const read = await readRecipe(path, given, context);

  const steps: RecipeStep[] = [];
  for (const [index, prepared] of (read?.steps ?? []).entries()) {
    const step = makeStep(prepared, index + 1, session);
    if (step !== undefined) steps.push(step);
  }
  const layout = read && readLayout(read.tree, read.scope, session);

  const diagnostics = session.report.sorted(session.texts.keys());
  if (read === undefined || session.report.errors > 0) return { diagnostics, texts: session.texts };
  const recipe: Recipe = {
    version: RECIPE_VERSION,
    file: path,
    folder: dirname(resolvePath(path)),
    name: textOf(read.tree, "name"),
    description: textOf(read.tree, "description"),
    ...(layout === undefined ? {} : { layout }),
    steps: layout === undefined ? steps : placeInSteps(steps, layout),
    secrets: [...session.secrets].map((secret) => new Secret(secret)),
    files: session.files,
  };
  return { recipe, diagnostics, texts: session.texts };
}

function textOf(tree: MapNode, key: string): string {
  const node = childOf(tree, key);
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : "";
}

function readLayout(tree: MapNode, scope: Scope, session: LoadSession): DisksPlan | undefined {
  const entry = entryOf(tree, "disks");
  if (entry === undefined) return undefined;
  const errorsBefore = session.report.errors;
  const resolved = resolve(entry.value, scope, session.report);
  if (resolved.deferred.size > 0 && hasBrokenVars(scope)) return undefined;
  for (const pointer of resolved.deferred) {
    const place = locate(entry.value, pointer.split("/").slice(1), entry.place);
    session.report.error("expression-place", place, "disks cannot depend on the guest", "There is none yet.");
  }
  checkResolved(disksSchema, entry.value, resolved, "disks", entry.place, session);
  if (session.report.errors > errorsBefore) return undefined;
  // The schema, from which the type Disks is derived, has accepted it.
  const disks = resolved.value as unknown as Disks;
  for (const { at, summary, detail } of checkDisks(disks)) {
    session.report.error("disks-invalid", locate(entry.value, at, entry.place), summary, detail);
  }
  if (session.report.errors > errorsBefore) return undefined;
  const { file, line, column } = entry.place;
  return makeLayout(disks, { file, line, column }, (at) => {
    const place = locate(entry.value, at, entry.place);
    return { file: place.file, line: place.line, column: place.column };
  });
}

/** Values from vars files and the command line, the stronger last. */
function givenVars(options: LoadOptions, session: LoadSession): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>();
  for (const file of options.varsFiles ?? []) {
    const start: DiagnosticSource = { file, line: 1, column: 1 };
    const read = session.readText(file, "vars", start);
    // The text is not kept for excerpts: it may hold secrets.
    const tree = read && parseYaml(read.text, file, session.report);
    if (tree === undefined) continue;
    if (tree.kind !== "map") {
      session.report.error("wrong-type", tree.place, "a vars file is a mapping of names to values");
      continue;
    }
    refuseExpressions(tree, session.report, "a vars file");
    for (const { name, value } of tree.entries.values()) {
      given.set(name, { value: asJson(value), isText: false, source: value.kind === "scalar" ? value.place : start });
    }
  }
  for (const [name, value] of Object.entries(options.vars ?? {})) given.set(name, { value, isText: true });
  return given;
}
