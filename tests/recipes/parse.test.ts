/** YAML text to Tree: syntax errors, limits, places. */
import { describe, expect, it } from "vitest";

import { parseYaml } from "../../recipes/parse.ts";
import { Report } from "../../recipes/report.ts";
import { asJson } from "../../recipes/resolve.ts";
import { childOf, locate, locateKey, type Tree } from "../../recipes/tree.ts";

function parse(text: string): { tree: Tree | undefined; found: string[] } {
  const report = new Report();
  const tree = parseYaml(text, "r.yaml", report);
  return { tree, found: report.sorted().map(({ code, source }) => `${code} ${source.line}:${source.column}`) };
}

const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
for (let i = 1; i < 10; i += 1)
  bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`);

const chain = ["a0: &a0 [x]"];
for (let i = 1; i < 100; i += 1) chain.push(`a${i}: &a${i} [*a${i - 1}]`);

describe("parseYaml", () => {
  it.each([
    ["a tab as indentation", "a:\n\tb: 1\n", "yaml-syntax 2:1"],
    ["an unclosed list", "a: [1, 2\n", "yaml-syntax 2:1"],
    ["an unclosed quote", 'a: "x\nb: 1\n', "yaml-syntax 3:1"],
    ["wrong indentation", "a:\n   b: 1\n  c: 2\n", "yaml-syntax 3:1"],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", "yaml-duplicate-key 3:1"],
    ["an unknown tag", "a: !foo 1\n", "yaml-tag 1:4"],
    ["a key that is a list", "? [a]\n: 1\n", "yaml-key 1:3"],
    ["an alias without anchor", "a: *x\n", "yaml-alias 1:4"],
    ["a cyclic alias", "a: &x [*x]\n", "yaml-alias 1:8"],
    ["two documents", "a: 1\n---\nb: 2\n", "yaml-documents 2:1"],
    ["nothing", "", "empty-recipe 1:1"],
    ["only a comment", "# hello\n", "empty-recipe 1:1"],
    ["only a document marker", "---\n", "empty-recipe 1:1"],
    ["an alias bomb", bomb.join("\n"), "yaml-alias 6:15"],
    ["nested aliases", chain.join("\n"), "yaml-depth 64:12"],
    ["deep nesting", "[".repeat(100) + "]".repeat(100), "yaml-depth 1:66"],
  ])("reports %s", (_, text, expected) => {
    const { tree, found } = parse(text);

    expect(found).toEqual([expected]);
    expect(tree).toBeUndefined();
  });

  it("survives nesting that exhausts the stack", () => {
    const { tree, found } = parse("[".repeat(200_000));

    expect(tree).toBeUndefined();
    expect(found).toHaveLength(1);
  });

  it("reports every duplicate key", () => {
    expect(parse("a: 1\na: 2\nb: {c: 1, c: 2}\n").found).toEqual(["yaml-duplicate-key 2:1", "yaml-duplicate-key 3:11"]);
  });

  it("takes the core schema of YAML 1.2, whatever the directive says", () => {
    const { tree } = parse('%YAML 1.1\n---\na: no\nb: 0755\nc: 1e3\nd: ~\ne: "1"\nf: 0o17\ng: 2001-01-01\n');

    expect(tree && asJson(tree)).toEqual({ a: "no", b: 755, c: 1000, d: null, e: "1", f: 15, g: "2001-01-01" });
  });

  it("keeps integers that a number cannot hold as text", () => {
    const { tree } = parse("a: 9007199254740993\n");

    expect(tree && asJson(tree)).toEqual({ a: "9007199254740993" });
  });

  it("follows aliases to the anchor that stands before them", () => {
    const { tree } = parse("a: &x {k: &y 1}\nb: &y 2\nc: *x\nd: *y\n");

    expect(tree && asJson(tree)).toEqual({ a: { k: 1 }, b: 2, c: { k: 1 }, d: 2 });
  });

  it("takes __proto__ for a key like any other", () => {
    const { tree } = parse("__proto__: {a: 1}\n");

    expect(Object.keys((tree && asJson(tree)) ?? {})).toEqual(["__proto__"]);
  });

  it("has the place of every key and value", () => {
    const { tree } = parse("a:\n  - b: xyz\n    c: [1]\n");
    if (tree === undefined) throw new Error("no tree");

    expect(locate(tree, ["a", 0, "b"])).toEqual({ file: "r.yaml", line: 2, column: 8, endColumn: 11 });
    expect(locateKey(tree, ["a", 0, "b"])).toEqual({ file: "r.yaml", line: 2, column: 5, endColumn: 6 });
    expect(locate(tree, ["a", 0, "c"])).toEqual({ file: "r.yaml", line: 3, column: 5, endColumn: 6 });
    expect(locate(tree, ["a", 0, "c", 0, "deeper"])).toMatchObject({ line: 3, column: 9 });
  });

  it("points behind the key where the value is missing", () => {
    const { tree } = parse("a: 1\nb:\n");

    expect(childOf(tree, "b")).toMatchObject({ kind: "scalar", value: null, place: { line: 2 } });
  });
});
