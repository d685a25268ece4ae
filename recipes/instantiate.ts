/**
 * A prepared step with a scope to checked arguments: expressions evaluated, schema and check passed, secrets only where
 * they may be, host paths absolute and there. Everything wrong goes to the report. Lowers nothing.
 */
import { statSync } from "node:fs";
import { resolve as resolvePath } from "node:path";

import {
  Secret,
  actions,
  type AnyAction,
  type ArgProblem,
  type DiagnosticSource,
  type InputFile,
} from "../schemas/index.ts";
import type { Body } from "./catalogue.ts";
import { checkResolved } from "./check-schema.ts";
import type { Scope, Value } from "./expressions/evaluate.ts";
import { resolve, toObject, type Resolved } from "./resolve.ts";
import { toPointer } from "./schema-problems.ts";
import { mapLeaves, type HostKind, type Leaf } from "./schema-walk.ts";
import { systemReason, type LoadSession } from "./session.ts";
import type { PreparedStep, StepItem } from "./step-item.ts";
import { listWords } from "./suggest.ts";
import { locate, type MapNode, type Tree } from "./tree.ts";

export interface Instance {
  /** As written, for people. */
  readonly shown: Value;
  /** Host paths absolute. */
  readonly args: Value;
  /** Something waits for the guest: instantiate again when it is there. */
  readonly deferred: boolean;
}

/** @returns undefined when there are mistakes, which are reported */
export function instantiate(step: PreparedStep, scope: Scope, session: LoadSession): Instance | undefined {
  const { item, body } = step;
  const errorsBefore = session.report.errors;
  const tree = argsTree(item, body, session);
  if (tree === undefined) return undefined;
  const resolved = resolve(tree, scope, session.report);
  const accepted = checkResolved(body.schema, tree, resolved, item.name, item.key, session);
  const args = settleLeaves(step, tree, resolved, session);
  const deferred = resolved.deferred.size > 0;
  if (accepted && !deferred && resolved.failed.size === 0) {
    for (const problem of problemsOf(body, args)) {
      const place = locate(tree, problem.at, item.key);
      session.report.error("bad-argument", place, `${item.name}: ${problem.summary}`, problem.detail);
    }
  }
  return session.report.errors === errorsBefore ? { shown: resolved.value, args, deferred } : undefined;
}

/** The arguments as a mapping: the short form becomes the long one. */
function argsTree(item: StepItem, body: Body, session: LoadSession): Tree | undefined {
  const { args, key } = item;
  if (args?.kind === "map") return args;
  if (args === undefined) return mapping(key, []);
  const required = Array.isArray(body.schema["required"]) ? body.schema["required"].map(String) : [];
  const short = body.kind === "step" ? body.spec.short : undefined;
  if (short !== undefined && required.every((name) => name === short)) {
    return mapping(key, [[short, { name: short, place: key, value: args }]]);
  }
  const keys = Object.keys(body.schema.properties);
  const detail = `Its keys: ${listWords(keys, 40)}.${required.length > 0 ? ` Required: ${required.join(", ")}.` : ""}`;
  session.report.error("short-form", args.kind === "scalar" ? args.place : key, `${item.name} takes a mapping`, detail);
  return undefined;
}

function mapping(place: DiagnosticSource, entries: readonly (readonly [string, MapEntryOf])[]): MapNode {
  return { kind: "map", entries: new Map(entries), place };
}

type MapEntryOf = MapNode["entries"] extends ReadonlyMap<string, infer E> ? E : never;

/** Checks secrets and host paths; makes host paths absolute. */
function settleLeaves(step: PreparedStep, tree: Tree, resolved: Resolved, session: LoadSession): Value {
  const { item, body } = step;
  return mapLeaves(body.schema, resolved.value, (leaf) => {
    const place = locate(tree, leaf.path, item.key);
    if (leaf.value instanceof Secret && !leaf.takesSecret) {
      const where = leaf.path.length === 0 ? item.name : `${item.name}: ${leaf.path.join(".")}`;
      session.report.error(
        "secret-place",
        place,
        `${where} would show the secret`,
        "Secrets may stand only where a step keeps them, such as passwords, keys and the content of files.",
      );
    }
    if (leaf.host === undefined || typeof leaf.value !== "string") return leaf.value;
    const pointer = toPointer(leaf.path);
    if (resolved.deferred.has(pointer) || resolved.failed.has(pointer)) return leaf.value;
    return hostPath(leaf, leaf.host, leaf.value, step, place, session);
  });
}

function hostPath(
  leaf: Leaf,
  kind: HostKind,
  written: string,
  step: PreparedStep,
  place: DiagnosticSource,
  session: LoadSession,
): string {
  const path = resolvePath(step.folder, written);
  const found = hostKind(path);
  if (typeof found === "object") {
    const detail = path === written ? "" : `Paths are relative to the file that names them; this one is ${path}`;
    session.report.error("host-file-missing", place, `cannot read ${written}: ${found.reason}`, detail && `${detail}.`);
    return path;
  }
  if (kind !== "any" && found !== kind) {
    session.report.error("host-file-kind", place, `${written} is a ${found}; ${leaf.path.join(".")} takes a ${kind}`);
  }
  const file: InputFile = { kind: found === "folder" ? "host-folder" : "host-file", path };
  session.addFile(file);
  return path;
}

function hostKind(path: string): "file" | "folder" | { readonly reason: string } {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch (error) {
    return { reason: systemReason(error) };
  }
}

function problemsOf(body: Body, args: Value): readonly ArgProblem[] {
  if (body.kind === "step") return body.spec.check(args);
  const spec: AnyAction = actions[body.action];
  const problems: ArgProblem[] = [];
  for (const [name, value] of Object.entries(asObject(args))) {
    const kind = (spec.args[name] ?? spec.optargs[name])?.kind;
    if (kind !== "int64" || (typeof value !== "string" && typeof value !== "number")) continue;
    const number = BigInt(value);
    if (BigInt.asIntN(64, number) !== number) problems.push({ at: [name], summary: `${name} does not fit in 64 bits` });
  }
  return problems;
}

/** Arguments are a mapping: the schema has said so. */
export function asObject(args: Value): { readonly [key: string]: Value } {
  const isMap = typeof args === "object" && args !== null && !Array.isArray(args) && !(args instanceof Secret);
  // Array.isArray() does not see readonly arrays.
  return isMap ? (args as { readonly [key: string]: Value }) : toObject([]);
}
