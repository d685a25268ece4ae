/**
 * Tree: what a YAML file says, with the place of every key and value. Plain maps, lists and scalars only; made by
 * parse.ts. Knows nothing of recipes.
 */
import type { DiagnosticSource } from "../schemas/index.ts";

export type Plain = string | number | boolean | null;
export type Path = readonly (string | number)[];

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: Plain;
  /** As written, quotes included. */
  readonly raw: string;
  readonly place: DiagnosticSource;
  /** Place of `length` characters of `raw`, from its `offset`-th. */
  readonly within: (offset: number, length: number) => DiagnosticSource;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly place: DiagnosticSource;
}

export interface MapEntry {
  readonly name: string;
  readonly place: DiagnosticSource;
  readonly value: Tree;
}

export interface MapNode {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly place: DiagnosticSource;
}

export type Tree = ScalarNode | ListNode | MapNode;

export const kindWord: Readonly<Record<Tree["kind"], string>> = {
  scalar: "a single value",
  list: "a list",
  map: "a mapping",
};

export function entryOf(node: Tree | undefined, key: string): MapEntry | undefined {
  return node?.kind === "map" ? node.entries.get(key) : undefined;
}

export function childOf(node: Tree | undefined, key: string): Tree | undefined {
  return entryOf(node, key)?.value;
}

/**
 * The place that a message about `path` should point at: the value where it is a scalar, else the key it belongs to.
 * A path that goes deeper than the text (a value that an expression made) gives the deepest place there is.
 *
 * @param keyPlace where the whole tree's own key is, for `[]`
 */
export function locate(root: Tree, path: Path, keyPlace: DiagnosticSource = root.place): DiagnosticSource {
  let node = root;
  let key = keyPlace;
  for (const part of path) {
    const next = step(node, part);
    if (next === undefined) break;
    node = next.value;
    key = next.place;
  }
  return node.kind === "scalar" && node.raw !== "" ? node.place : key;
}

/** The place of the key at `path`, for messages about the key itself; falls back to {@link locate}. */
export function locateKey(root: Tree, path: Path, keyPlace?: DiagnosticSource): DiagnosticSource {
  const parent = nodeAt(root, path.slice(0, -1));
  const entry = entryOf(parent, String(path.at(-1) ?? ""));
  return entry?.place ?? locate(root, path, keyPlace);
}

/** The node at `path`, if the text goes that deep. */
export function nodeAt(root: Tree, path: Path): Tree | undefined {
  let node: Tree | undefined = root;
  for (const part of path) node = node === undefined ? undefined : step(node, part)?.value;
  return node;
}

function step(node: Tree, part: string | number): { value: Tree; place: DiagnosticSource } | undefined {
  if (node.kind === "map") return node.entries.get(String(part));
  if (node.kind === "scalar") return undefined;
  const item = node.items[Number(part)];
  return item === undefined ? undefined : { value: item, place: item.place };
}
