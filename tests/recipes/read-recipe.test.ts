/** `include:`, `for-each:` and their scopes. */
import { describe, expect, it } from "vitest";

import { loadFiles, withSteps } from "./temp-recipe.ts";

const base = `version: 1
vars:
  dir: { default: /base }
  n: { type: integer, default: 1 }
steps:
  - mkdir_p: { path: "\${{ vars.dir }}" }
`;

describe("include", () => {
  it("puts the steps of the file in its place, numbered on, with their own places", async () => {
    const { steps, found, folder, recipe } = await loadFiles({
      "r.yaml": withSteps("- hostname: a", "- include: sub/base.yaml", "- sync"),
      "sub/base.yaml": base,
    });

    expect(found).toEqual([]);
    expect(
      steps.map(({ number, name, source }) => [number, name, source.file.slice(folder.length + 1), source.line]),
    ).toEqual([
      [1, "hostname", "r.yaml", 3],
      [2, "mkdir_p", "sub/base.yaml", 6],
      [3, "sync", "r.yaml", 5],
    ]);
    expect(recipe?.files.map((file) => file.path.slice(folder.length + 1))).toEqual(["r.yaml", "sub/base.yaml"]);
  });

  it("hands variables down, and only those", async () => {
    const { steps } = await loadFiles({
      "r.yaml": `version: 1\nvars:\n  top: { default: /top }\nsteps:\n  - include: { file: b.yaml, vars: { dir: "\${{ vars.top }}/x", n: 3 } }\n`,
      "b.yaml": base,
    });

    expect(steps.map((step) => step.summary)).toEqual(["mkdir_p path=/top/x"]);
  });

  it("does not see the variables of the including file", async () => {
    const { found } = await loadFiles({
      "r.yaml": "version: 1\nvars:\n  top: { default: x }\nsteps:\n  - include: b.yaml\n",
      "b.yaml": withSteps("- hostname: ${{ vars.top }}"),
    });

    expect(found).toEqual(["b.yaml expression-unknown 3:19"]);
  });

  it("finds host files beside the file that names them", async () => {
    const { found, recipe, folder } = await loadFiles({
      "r.yaml": withSteps("- include: sub/b.yaml"),
      "sub/b.yaml": withSteps("- tar_in: { tarfile: a.tar, directory: / }"),
      "sub/a.tar": "",
    });

    expect(found).toEqual([]);
    expect(recipe?.steps[0]?.lowerOffline()).toEqual([
      { action: "tar_in", args: { tarfile: `${folder}/sub/a.tar`, directory: "/" } },
    ]);
  });

  it("applies its condition to all its steps", async () => {
    const { steps } = await loadFiles({
      "r.yaml": withSteps("- include: b.yaml", "  when: false"),
      "b.yaml": withSteps("- sync", "- hostname: x"),
    });

    expect(steps.map((step) => step.lowerOffline())).toEqual([[], []]);
  });

  it("may be repeated by for-each", async () => {
    const { steps } = await loadFiles({
      "r.yaml": withSteps(
        '- include: { file: b.yaml, vars: { dir: "${{ item.path }}" } }',
        "  for-each: [{ path: /a }, { path: /b }]",
      ),
      "b.yaml": base,
    });

    expect(steps.map((step) => step.summary)).toEqual(["mkdir_p path=/a", "mkdir_p path=/b"]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ["a missing file", ["- include: none.yaml"], ["include-missing 3:14"]],
    ["a folder", ["- include: sub"], ["include-missing 3:14"]],
    ["no file", ["- include: {}"], ["missing-key 3:5"]],
    ["nothing", ["- include:"], ["missing-key 3:5"]],
    ["an unknown key", ["- include: { file: b.yaml, var: {} }"], ["unknown-key 3:30"]],
    ["an unknown variable", ["- include: { file: b.yaml, vars: { dri: /x } }"], ["var-unknown 3:38"]],
    ["a variable of another type", ["- include: { file: b.yaml, vars: { n: x } }"], ["var-value 3:38"]],
    [
      "a variable that needs the guest",
      ["- include: { file: b.yaml, vars: { dir: '${{ guest.os }}' } }"],
      ["expression-place 3:43"],
    ],
    ["on-unsupported beside it", ["- include: b.yaml", "  on-unsupported: skip"], ["unknown-key 4:5"]],
    ["a variable without value", ["- include: need.yaml"], ["var-unset 3:14"]],
    ["mistakes inside", ["- include: bad.yaml"], ["bad.yaml step-unknown 3:5"]],
    ["disks inside", ["- include: disks.yaml"], ["disks.yaml not-allowed 2:1"]],
    ["a file that is no recipe", ["- include: sub/x"], ["sub/x wrong-type 1:1"]],
  ])("reports %s", async (_, lines, expected) => {
    const { found, recipe } = await loadFiles({
      "r.yaml": withSteps(...lines),
      "b.yaml": base,
      "bad.yaml": withSteps("- hostnam: x"),
      "need.yaml": "version: 1\nvars:\n  v: { type: string }\n",
      "disks.yaml": "version: 1\ndisks: []\n",
      "sub/x": "hello",
    });

    expect(found).toEqual(expected);
    expect(recipe).toBeUndefined();
  });

  it("reports a cycle where it closes", async () => {
    const { found } = await loadFiles({
      "r.yaml": withSteps("- include: b.yaml"),
      "b.yaml": withSteps("- sync", "- include: ./r.yaml"),
    });

    expect(found).toEqual(["b.yaml include-cycle 4:14"]);
  });

  it("stops a bomb of includes", async () => {
    const files: Record<string, string> = {};
    const lines = (next: string): string[] => Array.from({ length: 10 }, () => `- include: ${next}`);
    for (let i = 0; i < 8; i += 1) files[i === 0 ? "r.yaml" : `${i}.yaml`] = withSteps(...lines(`${i + 1}.yaml`));
    files["8.yaml"] = "version: 1\n";

    const { found } = await loadFiles(files);

    expect(found.some((one) => one.includes("include-depth"))).toBe(true);
  });

  it("stops a bomb of steps", async () => {
    const list = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => i));
    const { found } = await loadFiles(withSteps("- sync:", `  for-each: ${list}`));

    expect(found).toEqual(["too-many-steps 3:5"]);
  });
});

describe("for-each", () => {
  it("takes the step once for each value, in order", async () => {
    const { steps } = await loadFiles(withSteps("- mkdir_p: { path: '/${{ item }}' }", "  for-each: [a, 1, true]"));

    expect(steps.map(({ number, summary }) => [number, summary])).toEqual([
      [1, "mkdir_p path=/a"],
      [2, "mkdir_p path=/1"],
      [3, "mkdir_p path=/true"],
    ]);
  });

  it("of no values gives no step", async () => {
    const { steps, found } = await loadFiles(withSteps("- sync:", "  for-each: []"));

    expect([steps, found]).toEqual([[], []]);
  });
});
