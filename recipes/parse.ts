/**
 * YAML text to Tree. Takes YAML 1.2's core schema, one document, string keys; aliases within limits; no tags, no merge
 * keys. Every syntax error becomes a diagnostic. Reads no files.
 */
import { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments, type Document } from "yaml";

import type { DiagnosticCode, DiagnosticSource } from "../schemas/index.ts";
import type { Report } from "./report.ts";
import type { MapEntry, Plain, Tree } from "./tree.ts";
import { reportSyntax, worthShowing } from "./yaml-problems.ts";

const MAX_DEPTH = 64;
/** Nodes after aliases were followed; a text of 1 MiB has fewer without them. */
const MAX_NODES = 300_000;

/** @returns the tree; undefined when the text has no usable one (the report says why) */
export function parseYaml(text: string, file: string, report: Report): Tree | undefined {
  const lines = new LineCounter();
  const toPlace = (start: number, end: number): DiagnosticSource => placeOf(lines, file, start, end);
  const document = readDocument(text, lines, toPlace, report);
  if (document === undefined) return undefined;
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    report.error(
      "empty-recipe",
      { file, line: 1, column: 1 },
      "the file is empty",
      "A recipe starts with `version: 1`.",
    );
    return undefined;
  }
  const converter = new Converter(text, toPlace, report);
  return converter.convert(document.contents, 0);
}

function readDocument(
  text: string,
  lines: LineCounter,
  toPlace: (start: number, end: number) => DiagnosticSource,
  report: Report,
): Document | undefined {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      schema: "core",
      merge: false,
      resolveKnownTags: false,
      stringKeys: true,
      intAsBigInt: true,
      logLevel: "silent",
    });
    // An empty stream is an array with a marker, not a document.
    const [first, second] = "empty" in documents ? [] : documents;
    if (first === undefined) {
      report.error("empty-recipe", toPlace(0, 0), "the file is empty", "A recipe starts with `version: 1`.");
      return undefined;
    }
    const problems = [...first.errors, ...first.warnings];
    for (const problem of worthShowing(problems)) reportSyntax(problem, text, toPlace, report);
    if (second !== undefined) {
      const start = second.range[0];
      report.error(
        "yaml-documents",
        toPlace(start, start),
        "more than one document in the file",
        "A recipe is one YAML document. Split the file, and use `include:` to join the parts.",
      );
    }
    return problems.length > 0 || second !== undefined ? undefined : first;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.error("yaml-depth", toPlace(0, 0), "the text is nested too deeply");
    return undefined;
  }
}

function placeOf(lines: LineCounter, file: string, start: number, end: number): DiagnosticSource {
  const from = lines.linePos(start);
  const to = lines.linePos(Math.max(start, end));
  const place = { file, line: Math.max(1, from.line), column: Math.max(1, from.col) };
  return to.line === from.line && to.col > from.col ? { ...place, endColumn: to.col } : place;
}

/** A finished node that an alias may name. */
interface Anchored {
  readonly tree: Tree;
  readonly nodes: number;
  readonly depth: number;
}

class Converter {
  #nodes = 0;
  #deepest = 0;
  readonly #anchors = new Map<string, Anchored>();
  readonly #text: string;
  readonly #toPlace: (start: number, end: number) => DiagnosticSource;
  readonly #report: Report;

  constructor(text: string, toPlace: (start: number, end: number) => DiagnosticSource, report: Report) {
    this.#text = text;
    this.#toPlace = toPlace;
    this.#report = report;
  }

  convert(node: unknown, depth: number): Tree | undefined {
    if (isAlias(node)) return this.#follow(node.source, node, depth);
    const nodesBefore = this.#nodes;
    const deepestBefore = this.#deepest;
    this.#deepest = depth;
    if (!this.#grow(node, 1, depth)) return undefined;

    const tree = this.#node(node, depth);

    const anchor = isScalar(node) || isSeq(node) || isMap(node) ? node.anchor : undefined;
    if (tree !== undefined && anchor !== undefined) {
      this.#anchors.set(anchor, { tree, nodes: this.#nodes - nodesBefore, depth: this.#deepest - depth });
    }
    this.#deepest = Math.max(this.#deepest, deepestBefore);
    return tree;
  }

  #node(node: unknown, depth: number): Tree | undefined {
    if (isScalar(node)) return this.#scalar(node.value, node.range);
    if (isSeq(node)) {
      const items = this.#all(node.items, (item) => this.convert(item, depth + 1));
      return items && { kind: "list", items, place: this.#placeOf(node) };
    }
    if (!isMap(node)) return this.#scalar(null, undefined);
    const entries = this.#all(node.items, (pair) => this.#entry(pair.key, pair.value, depth));
    return (
      entries && {
        kind: "map",
        entries: new Map(entries.map((entry) => [entry.name, entry])),
        place: this.#placeOf(node),
      }
    );
  }

  /** The finished tree is shared, not copied; its size counts each time, because everything later walks it each time. */
  #follow(name: string, node: unknown, depth: number): Tree | undefined {
    const target = this.#anchors.get(name);
    if (target === undefined) return this.#fail("yaml-alias", node, `no anchor &${name} is finished before this`);
    return this.#grow(node, target.nodes, depth + target.depth) ? target.tree : undefined;
  }

  #grow(node: unknown, nodes: number, depth: number): boolean {
    this.#nodes += nodes;
    this.#deepest = Math.max(this.#deepest, depth);
    if (depth > MAX_DEPTH) this.#fail("yaml-depth", node, `nested more than ${MAX_DEPTH} levels deep`);
    else if (this.#nodes > MAX_NODES) {
      this.#fail("yaml-alias", node, "aliases expand to too much", "Use `include:` or `for-each:` instead.");
    } else return true;
    return false;
  }

  /** All or nothing; stops at the first failure, which is one of size. */
  #all<A, B>(items: readonly A[], convert: (item: A) => B | undefined): B[] | undefined {
    const converted: B[] = [];
    for (const item of items) {
      const one = convert(item);
      if (one === undefined) return undefined;
      converted.push(one);
    }
    return converted;
  }

  #entry(key: unknown, value: unknown, depth: number): MapEntry | undefined {
    if (!isScalar(key)) return this.#fail("yaml-key", key, "a key that is not plain text");
    const end = key.range?.[1] ?? 0;
    const converted = isNode(value) ? this.convert(value, depth + 1) : this.#scalar(null, [end, end, end]);
    return converted && { name: String(key.value), place: this.#placeOf(key), value: converted };
  }

  #scalar(value: unknown, range: readonly [number, number, number] | null | undefined): Tree {
    const [start, end] = range ?? [0, 0];
    const raw = this.#text.slice(start, end);
    return {
      kind: "scalar",
      value: toPlain(value),
      raw,
      place: this.#toPlace(start, end),
      within: (offset, length) => this.#toPlace(start + offset, start + offset + length),
    };
  }

  #placeOf(node: unknown): DiagnosticSource {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    const [start, end] = range ?? [0, 0];
    return this.#toPlace(start, isMap(node) || isSeq(node) ? start : end);
  }

  #fail(code: DiagnosticCode, node: unknown, summary: string, detail = ""): undefined {
    this.#report.error(code, this.#placeOf(node), summary, detail);
    return undefined;
  }
}

/** Integers that a number cannot hold stay text, so that 64-bit arguments lose nothing. */
function toPlain(value: unknown): Plain {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  return null;
}
