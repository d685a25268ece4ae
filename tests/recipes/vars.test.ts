/** Values of variables: where they come from, and what they must be. */
import { describe, expect, it } from "vitest";

import type { LoadOptions } from "../../recipes/index.ts";
import { loadFiles } from "./temp-recipe.ts";

function recipe(declaration: string, step = "hostname: x"): string {
  return `version: 1\nvars:\n  v: ${declaration}\nsteps:\n  - ${step}\n`;
}

/** The value, as the name of a step shows it. */
async function valueOf(declaration: string, options: LoadOptions, files: Readonly<Record<string, string>> = {}) {
  const text = recipe(declaration, "{ sync: , name: 'v=${{ vars.v }}' }");
  const { steps, found } = await loadFiles({ "r.yaml": text, ...files }, options);
  return steps[0]?.summary ?? found;
}

const env = { from: "{ from: { env: V }, default: d }" };

describe("variables", () => {
  it.each<[string, string, LoadOptions]>([
    ["the default", "v=d", {}],
    ["the environment over the default", "v=e", { env: { V: "e" } }],
    ["a vars file over the environment", "v=f", { env: { V: "e" }, varsFiles: ["a.yaml"] }],
    ["a later vars file over an earlier one", "v=g", { varsFiles: ["a.yaml", "b.yaml"] }],
    ["the command line over all", "v=c", { env: { V: "e" }, varsFiles: ["a.yaml"], vars: { v: "c" } }],
  ])("take %s", async (_, expected, options) => {
    expect(await valueOf(env.from, options, { "a.yaml": "v: f\n", "b.yaml": "v: g\n" })).toBe(expected);
  });

  it("come from a file without its last line break", async () => {
    expect(await valueOf("{ from: { file: sub/v.txt } }", {}, { "sub/v.txt": "one\n" })).toBe("v=one");
  });

  it("come from a prompt", async () => {
    const asked: unknown[] = [];
    const prompt = async (question: string, secret: boolean): Promise<string> => {
      asked.push([question, secret]);
      return "typed";
    };

    expect(await valueOf("{ secret: true, from: { prompt: 'Who?' } }", { prompt })).toBe("(secret)");
    expect(asked).toEqual([["Who?", true]]);
  });

  it("are not asked for when they are given", async () => {
    const prompt = async (): Promise<string> => Promise.reject(new Error("asked"));

    expect(await valueOf("{ from: { prompt: 'Who?' } }", { prompt, vars: { v: "x" } })).toBe("v=x");
  });

  it.each<[string, string, string]>([
    ["{ type: integer }", "42", "v=42"],
    ["{ type: boolean }", "true", "v=true"],
    ["{ type: string }", "42", "v=42"],
    ["{ enum: [a, b] }", "b", "v=b"],
    ['{ pattern: "^[a-z]+$" }', "abc", "v=abc"],
  ])("of %s take %s from the command line", async (declaration, given, expected) => {
    expect(await valueOf(declaration, { vars: { v: given } })).toBe(expected);
  });

  it.each<[string, string]>([
    ["{ type: integer }", "x"],
    ["{ type: integer }", "99999999999999999999"],
    ["{ type: boolean }", "yes"],
    ["{ enum: [a, b] }", "c"],
    ["{ type: integer, enum: [1, 2] }", "3"],
    ['{ pattern: "^[a-z]+$" }', "ABC"],
    ['{ type: list, pattern: "^[a-z]+$" }', "a,B"],
  ])("of %s refuse %s from the command line", async (declaration, given) => {
    expect((await loadFiles(recipe(declaration), { vars: { v: given } })).found).toEqual(["var-value 3:3"]);
  });

  it.each<[string, readonly string[]]>([
    ["{ default: 5 }", ["var-value 3:17"]],
    ["{ type: integer, default: 1.5 }", ["wrong-type 3:32"]],
    ["{ type: int }", ["not-allowed 3:14"]],
    ["{ type: list, default: x }", ["var-value 3:29"]],
    ["{ defualt: x }", ["unknown-key 3:8"]],
    ['{ pattern: "[" }', ["bad-form 3:17"]],
    ["{ type: integer, pattern: x, default: 1 }", ["var-value 3:32"]],
    ["{ secret: true, default: x }", ["var-value 3:31"]],
    ["{ secret: true, type: integer, from: { env: V } }", ["var-value 3:28"]],
    ["{ from: { env: A, file: b } }", ["out-of-range 3:8"]],
    ["{ from: { file: none } }", ["var-source 3:22"]],
    ["{}", ["var-unset 3:3"]],
    ["{ from: { env: NOT_SET } }", ["var-unset 3:3"]],
    ["x", ["wrong-type 3:6"]],
    ["{ default: '${{ guest.os }}' }", ["expression-place 3:17"]],
  ])("declared as %s are refused", async (declaration, expected) => {
    expect((await loadFiles(recipe(declaration))).found).toEqual(expected);
  });

  it("have names that an expression can spell", async () => {
    expect((await loadFiles("version: 1\nvars:\n  a b: { default: x }\n")).found).toEqual(["bad-form 3:3"]);
  });

  it("without a value make no further mistakes elsewhere", async () => {
    const uses = [
      "- include: { file: b.yaml, vars: { x: '${{ vars.v }}' } }",
      "- { sync: , for-each: '${{ vars.v }}' }",
      "- hostname: ${{ vars.v }}",
      "- { sync: , when: vars.v > 3 }",
    ];
    const text = `version: 1\nvars:\n  v: {}\nsteps:\n${uses.map((use) => `  ${use}\n`).join("")}`;
    const disks = "disks: [{ table: gpt, size: '${{ vars.v }}', partitions: [{ size: 1G }] }]\n";

    expect((await loadFiles({ "r.yaml": text + disks, "b.yaml": "version: 1\n" })).found).toEqual(["var-unset 3:3"]);
  });

  it("that nobody declared are refused, on the command line and in a vars file", async () => {
    const files = { "r.yaml": recipe("{ default: x }"), "a.yaml": "w: 1\n" };
    const { found, diagnostics } = await loadFiles(files, { vars: { vv: "x" }, varsFiles: ["a.yaml"] });

    expect(found).toEqual(["var-unknown 2:1", "a.yaml var-unknown 1:4"]);
    expect(diagnostics[0]?.detail).toContain('"v"');
  });

  it("of a vars file are typed and have a place, but no excerpt", async () => {
    const files = { "r.yaml": recipe("{ type: integer }"), "a.yaml": "# x\nv: abc\n" };
    const { found, texts } = await loadFiles(files, { varsFiles: ["a.yaml"] });

    expect(found).toEqual(["a.yaml var-value 2:4"]);
    expect([...texts.keys()].some((name) => name.endsWith("a.yaml"))).toBe(false);
  });

  it("of lists come from the command line with commas", async () => {
    const text = recipe("{ type: list }", "{ mkdir_p: { path: '${{ item }}' }, for-each: '${{ vars.v }}' }");
    const { steps } = await loadFiles(text, { vars: { v: "/a, /b" } });

    expect(steps.map((step) => step.summary)).toEqual(["mkdir_p path=/a", "mkdir_p path=/b"]);
  });

  it("keep their type where they are all of a scalar", async () => {
    const text = recipe("{ type: integer, default: 5 }", "mkdir_p: { path: '${{ vars.v }}' }");

    expect((await loadFiles(text)).found).toEqual(["wrong-type 5:22"]);
  });
});

describe("secret variables", () => {
  const declared = "{ secret: true, from: { env: V } }";
  const options = { env: { V: "hunter2" } };

  it("are refused where they would be shown", async () => {
    const { found } = await loadFiles(recipe(declared, "hostname: 'a${{ vars.v }}'"), options);

    expect(found).toEqual(["secret-place 5:15"]);
  });

  it("are refused on the command line, which others can see", async () => {
    const { found } = await loadFiles(recipe(declared), { vars: { v: "hunter2" } });

    expect(found).toEqual(["var-value 3:3"]);
  });

  it("never stand in a message", async () => {
    const texts = [
      recipe('{ secret: true, pattern: "^x", from: { env: V } }'),
      recipe("{ secret: true, enum: [x], from: { env: V } }"),
      recipe(declared, "hostname: '_${{ vars.v }}'"),
      recipe(declared, "mkdir_mode: { path: /a, mode: '${{ vars.v }}' }"),
      recipe(declared, "{ sync: , when: vars.v }"),
    ];

    for (const text of texts) {
      const { diagnostics } = await loadFiles(text, options);
      expect(diagnostics).not.toEqual([]);
      expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
    }
  });

  it("are handed to the engine as Secrets", async () => {
    const { recipe: loaded } = await loadFiles(recipe(declared), options);

    expect(JSON.stringify(loaded?.secrets)).toBe('["(secret)"]');
    expect(loaded?.secrets?.map((secret) => secret.reveal())).toEqual(["hunter2"]);
  });
});
