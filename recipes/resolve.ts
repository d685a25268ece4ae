/**
 * Tree to values: expressions are evaluated, scalars become values. What depends on the guest, and what has a mistake,
 * stays open. Mistakes go to the report with their places.
 */
import { Secret, reveal, type Json } from "../schemas/index.ts";
import { UNKNOWN, type Scope, type Value } from "./expressions/evaluate.ts";
import { reportProblem } from "./expressions/place.ts";
import { fill, hasExpression, parseTemplate } from "./expressions/template.ts";
import type { Report } from "./report.ts";
import { toPointer } from "./schema-problems.ts";
import type { Path, ScalarNode, Tree } from "./tree.ts";

export interface Resolved {
  readonly value: Value;
  /** Pointers of what only the guest can tell; the text stands there in its place. */
  readonly deferred: ReadonlySet<string>;
  /** Pointers of what has a mistake, reported already. */
  readonly failed: ReadonlySet<string>;
}

export function resolve(tree: Tree, scope: Scope, report: Report): Resolved {
  const deferred = new Set<string>();
  const failed = new Set<string>();
  const value = walk(tree, []);
  return { value, deferred, failed };

  function walk(node: Tree, path: Path): Value {
    if (node.kind === "list") return node.items.map((item, index) => walk(item, [...path, index]));
    if (node.kind === "scalar") return scalar(node, path);
    const entries: [string, Value][] = [];
    for (const { name, place, value } of node.entries.values()) {
      if (hasExpression(name)) report.error("expression-place", place, "expressions cannot be keys");
      entries.push([name, walk(value, [...path, name])]);
    }
    return toObject(entries);
  }

  function scalar(node: ScalarNode, path: Path): Value {
    const { value } = node;
    if (typeof value !== "string" || !hasExpression(value)) return value;
    try {
      const filled = fill(parseTemplate(value), scope);
      if (filled !== UNKNOWN) return filled;
      deferred.add(toPointer(path));
    } catch (error) {
      reportProblem(error, node, report);
      failed.add(toPointer(path));
    }
    return value;
  }
}

/** The value with its secrets revealed, for Ajv only; and the pointers of the secrets. */
export function toPlain(value: Value): { readonly plain: Json; readonly secrets: ReadonlySet<string> } {
  const secrets = new Set<string>();
  return { plain: walk(value, []), secrets };

  function walk(one: Value, path: Path): Json {
    if (one instanceof Secret) {
      secrets.add(toPointer(path));
      return reveal(one);
    }
    if (isList(one)) return one.map((item, index) => walk(item, [...path, index]));
    if (one === null || typeof one !== "object") return one;
    return toObject(Object.entries(one).map(([key, item]) => [key, walk(item, [...path, key])] as const));
  }
}

/** Array.isArray() does not see readonly arrays. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Complains about expressions where none can be. */
export function refuseExpressions(tree: Tree | undefined, report: Report, where: string): void {
  if (tree === undefined) return;
  if (tree.kind === "scalar") {
    if (typeof tree.value === "string" && hasExpression(tree.value)) {
      report.error("expression-place", tree.place, `no expressions in ${where}`);
    }
    return;
  }
  const inner = tree.kind === "list" ? tree.items : [...tree.entries.values()].map((entry) => entry.value);
  for (const one of inner) refuseExpressions(one, report, where);
}

/** The tree as plain JSON, expressions untouched. */
export function asJson(tree: Tree): Json {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "list") return tree.items.map(asJson);
  return toObject([...tree.entries.values()].map(({ name, value }) => [name, asJson(value)] as const));
}

/** Like Object.fromEntries, and `__proto__` is a key like any other. */
export function toObject<V>(entries: readonly (readonly [string, V])[]): { [key: string]: V } {
  const object: { [key: string]: V } = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}
