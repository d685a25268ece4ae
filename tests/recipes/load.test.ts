/** Whole recipes: every mistake at once, each with its place. */
import { describe, expect, it } from "vitest";

import { loadFiles, withSteps } from "./temp-recipe.ts";

describe("loadRecipe", () => {
  it("loads the smallest recipe", async () => {
    const { recipe, found } = await loadFiles("version: 1\n");

    expect(found).toEqual([]);
    expect(recipe).toMatchObject({ version: 1, name: "", steps: [], secrets: [] });
  });

  it("gives files, folder and steps in order", async () => {
    const { recipe, folder } = await loadFiles({
      "r.yaml": `version: 1\nname: web\nsteps:\n  - hostname: web1\n  - tar_in: { tarfile: a.tar, directory: / }\n`,
      "a.tar": "",
    });

    expect(recipe?.folder).toBe(folder);
    expect(recipe?.files).toEqual([
      { kind: "recipe", path: `${folder}/r.yaml`, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      { kind: "host-file", path: `${folder}/a.tar` },
    ]);
    expect(recipe?.steps.map(({ number, name, source }) => [number, name, source.line, source.column])).toEqual([
      [1, "hostname", 4, 5],
      [2, "tar_in", 5, 5],
    ]);
  });

  it.each([
    ["no version", "name: x\n", ["version-missing 1:1"]],
    ["another version, and says nothing else", "version: 2\nfoo: 1\n", ["version-unsupported 1:10"]],
    ["a version in quotes", 'version: "1"\n', ["version-unsupported 1:10"]],
    ["a list", "- a\n", ["wrong-type 1:1"]],
    ["a word", "hello\n", ["wrong-type 1:1"]],
    ["an unknown key", "version: 1\nstep: []\n", ["unknown-key 2:1"]],
    ["a merge key", "version: 1\n<<: {name: x}\n", ["unknown-key 2:1"]],
    ["wrong types", "version: 1\nname: 5\nsteps: {}\n", ["wrong-type 2:7", "wrong-type 3:1"]],
    ["steps without a value", "version: 1\nsteps:\n", ["wrong-type 2:1"]],
    ["an expression in the name", "version: 1\nname: ${{ vars.x }}\n", ["expression-place 2:7"]],
  ])("reports %s", async (_, text, expected) => {
    const { recipe, found } = await loadFiles(text);

    expect(found).toEqual(expected);
    expect(recipe).toBeUndefined();
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ["an unknown step", ["- hostnam: x"], ["step-unknown 3:5"]],
    ["an unknown bare step", ["- hostnam"], ["step-unknown 3:5"]],
    ["an item that is a list", ["- [a]"], ["step-missing 3:5"]],
    ["an item that is nothing", ["-"], ["step-missing 3:4"]],
    ["an item with modifiers only", ["- when: true"], ["step-missing 3:5"]],
    ["a missing dash", ["- hostname: a", "  sync:"], ["step-ambiguous 4:5"]],
    ["a misspelt modifier", ["- hostname: a", "  wehn: true"], ["unknown-key 4:5"]],
    ["a key at the wrong depth", ["- mkdir_p:", "  path: /a"], ["missing-key 3:5", "unknown-key 4:5"]],
    ["a missing key", ["- mkdir_p: {}"], ["missing-key 3:5"]],
    ["a misspelt key once", ["- mkdir_p: { pth: /a }"], ["unknown-key 3:16"]],
    ["a wrong type", ["- mkdir_p: { path: 5 }"], ["wrong-type 3:22"]],
    ["a relative guest path", ["- mkdir_p: { path: srv }"], ["bad-form 3:22"]],
    ["an unquoted mode", ["- mkdir_mode: { path: /a, mode: 0755 }"], ["mode-not-quoted 3:35"]],
    ["an unquoted 0o mode", ["- mkdir_mode: { path: /a, mode: 0o755 }"], ["mode-not-quoted 3:35"]],
    ["a mode that is none", ['- mkdir_mode: { path: /a, mode: "999" }'], ["bad-form 3:35"]],
    ["a scalar for an action", ["- mkdir_p: /srv"], ["short-form 3:14"]],
    ["a list for a short form of text", ["- hostname: [a]"], ["wrong-type 3:5"]],
    ["a short form that does not fit", ["- hostname: a_b"], ["bad-form 3:15"]],
    ["a bare step that needs arguments", ["- hostname"], ["missing-key 3:5"]],
    ["an internal action", ["- internal_write: { path: /x, content: a }"], ["action-not-allowed 3:5"]],
    [
      "an action that writes on the host",
      ["- download: { remotefilename: /x, filename: y }"],
      ["action-not-allowed 3:5"],
    ],
    ["on-unsupported beside an action", ["- sync:", "  on-unsupported: warn"], ["unknown-key 4:5"]],
    ["a bad on-unsupported", ["- hostname: a", "  on-unsupported: wran"], ["not-allowed 4:21"]],
    ["a missing host file", ["- tar_in: { tarfile: none.tar, directory: / }"], ["host-file-missing 3:24"]],
    [
      "a missing host file beside other mistakes",
      ["- tar_in: { tarfile: none, drectory: / }"],
      ["host-file-missing 3:24", "unknown-key 3:30"],
    ],
    ["a folder for a host file", ["- tar_in: { tarfile: ., directory: / }"], ["host-file-kind 3:24"]],
    ["an expression as key", ["- mkdir_p: { path: /a, '${{ x }}': 1 }"], ["expression-place 3:26", "unknown-key 3:26"]],
    ["an unknown variable", ["- hostname: ${{ vars.x }}"], ["expression-unknown 3:19"]],
    ["a mistake inside double quotes", ['- hostname: "a-${{ vars.x }}"'], ["expression-unknown 3:22"]],
    ["a mistake in the second expression", ['- hostname: "${{ guest.os }}${{ vars.x }}"'], ["expression-unknown 3:35"]],
    ["an unclosed expression", ["- hostname: ${{ vars.x"], ["expression-syntax 3:25"]],
    ["a condition that is no condition", ["- sync:", "  when: guest.os"], ["expression-type 4:11"]],
    ["an assignment in a condition", ["- sync:", '  when: guest.os = "linux"'], ["expression-syntax 4:20"]],
    ["a condition with a mix", ["- sync:", '  when: "a ${{ true }}"'], ["expression-syntax 4:14"]],
    ["a for-each that is no list", ["- sync:", "  for-each: 5"], ["wrong-type 4:15"]],
    ["a for-each of text", ["- sync:", "  for-each: ${{ 'x' }}"], ["expression-type 4:15"]],
    ["a for-each that needs the guest", ["- sync:", '  for-each: ["${{ guest.os }}"]'], ["expression-place 4:5"]],
    ["item without for-each", ["- hostname: ${{ item }}"], ["expression-unknown 3:19"]],
  ])("reports %s", async (_, lines, expected) => {
    const { recipe, found } = await loadFiles(withSteps(...lines));

    expect(found).toEqual(expected);
    expect(recipe).toBeUndefined();
  });

  it("reports every mistake at once, sorted", async () => {
    const { found } = await loadFiles(
      "version: 1\nvars:\n  a: { type: integer, default: x }\nnmae: y\nsteps:\n  - hostnam: x\n  - mkdir_p: { path: a }\n  - hostname: ${{ vars.b }}\n",
    );

    expect(found).toEqual([
      "var-value 3:32",
      "unknown-key 4:1",
      "step-unknown 6:5",
      "bad-form 7:22",
      "expression-unknown 8:19",
    ]);
  });

  it.each([
    ["a disk without anything", "  - {}\n", ["missing-key 3:5", "missing-key 3:5"]],
    ["a misspelt key", "  - { tabel: gpt, partitions: [] }\n", ["unknown-key 3:7"]],
    [
      "a mount without a filesystem",
      "  - { table: gpt, partitions: [{ size: 1G, mount: / }] }\n",
      ["disks-invalid 3:51"],
    ],
    [
      "an expression over the guest",
      "  - { table: '${{ guest.os }}', partitions: [{ size: 1G }] }\n",
      ["expression-place 3:14"],
    ],
  ])("reports disks with %s", async (_, disks, expected) => {
    const { found, recipe } = await loadFiles(`version: 1\ndisks:\n${disks}`);

    expect(found).toEqual(expected);
    expect(recipe).toBeUndefined();
  });

  it("warns of an action that only reads, and still gives the recipe", async () => {
    const { recipe, found, diagnostics } = await loadFiles(withSteps("- is_dir: { path: /x }"));

    expect(found).toEqual(["action-reads 3:5"]);
    expect(diagnostics[0]?.severity).toBe("warning");
    expect(recipe?.steps).toHaveLength(1);
  });

  it("takes the same mistake in every round of for-each for one", async () => {
    const { found } = await loadFiles(withSteps("- mkdir_p: { pth: x }", "  for-each: [1, 2, 3]"));

    expect(found).toEqual(["unknown-key 3:16"]);
  });

  it.each<[string, string | Uint8Array, string]>([
    ["text that is not UTF-8", Uint8Array.of(0x61, 0xff), "not-utf8 1:1"],
    ["a file that is too large", "#".repeat((1 << 20) + 1), "file-too-large 1:1"],
  ])("refuses %s", async (_, content, expected) => {
    const { found } = await loadFiles({ "r.yaml": content });

    expect(found).toEqual([expected]);
  });

  it("refuses a file that is not there, and a folder", async () => {
    expect((await loadFiles({})).found).toEqual(["file-unreadable 1:1"]);
    expect((await loadFiles({ "r.yaml/x": "" })).found).toEqual(["file-unreadable 1:1"]);
  });

  it("ignores a byte order mark", async () => {
    expect((await loadFiles("\uFEFFversion: 1\nx: 1\n")).found).toEqual(["unknown-key 2:1"]);
  });
});
