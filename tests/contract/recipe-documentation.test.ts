/** What the documents say of recipes holds: every YAML example validates, every diagnostic code is described and tested. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { diagnosticCodes } from "../../schemas/index.ts";
import { loadFiles } from "../recipes/temp-recipe.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `yaml` blocks; those marked `yaml no-check` are left out. */
function examplesOf(path: string): readonly { readonly text: string; readonly line: number }[] {
  const text = readFileSync(`${root}/${path}`, "utf8");
  return [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map((match) => ({
    text: match[1] ?? "",
    line: text.slice(0, match.index).split("\n").length + 1,
  }));
}

/** Files below a folder, as paths from the root. */
function below(folder: string, ending: string): readonly string[] {
  if (!existsSync(`${root}/${folder}`)) return [];
  const names = readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
}

const documents = [
  ...(existsSync(`${root}/README.md`) ? ["README.md"] : []),
  ...["docs", "recipes", "examples"].flatMap((folder) => below(folder, ".md")),
];
const examples = documents.flatMap((path) => examplesOf(path).map(({ text, line }) => ({ path, line, text })));

/** Examples name host files that are not there; secrets come from an environment that has them all. */
const env = new Proxy<Record<string, string>>({}, { get: () => "value", has: () => true });

const MISSING_FILES: ReadonlySet<string> = new Set(["host-file-missing", "include-missing", "var-source"]);

describe("documents", () => {
  it.each(examples)("$path:$line validates", async ({ text }) => {
    const isRecipe = /^version:/m.test(text);
    const recipe = isRecipe ? text : `version: 1\nsteps:\n${text.replaceAll(/^(?=.)/gm, "  ")}`;

    const { diagnostics } = await loadFiles(recipe, { env });

    const mistakes = diagnostics.filter(({ code }) => !MISSING_FILES.has(code));
    expect(mistakes.map(({ summary, source }) => `${source.line}: ${summary}`)).toEqual([]);
  });

  it("describe every diagnostic code", () => {
    const rows = [
      ...readFileSync(`${root}/docs/recipe.md`, "utf8").matchAll(/^\| `([a-z0-9]+(?:-[a-z0-9]+)+)` +\| (.*?) +\|$/gm),
    ];
    const described = Object.fromEntries(rows.map((row) => [row[1] ?? "", row[2]?.trim()]));

    expect(Object.entries(diagnosticCodes).filter(([code, text]) => described[code] !== text)).toEqual([]);
    const foreign = Object.keys(described).filter((code) => !(code in diagnosticCodes));
    expect(foreign).toEqual(["for-each", "on-unsupported"]);
  });

  it("leave no diagnostic code without a test", () => {
    const tests = below("tests/recipes", ".test.ts")
      .map((path) => readFileSync(`${root}/${path}`, "utf8"))
      .join("\n");

    expect(
      Object.keys(diagnosticCodes).filter((code) => !tests.includes(`${code} `) && !tests.includes(`"${code}"`)),
    ).toEqual([]);
  });
});
