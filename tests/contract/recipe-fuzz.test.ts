/** Whatever the file holds: diagnostics or a recipe, never a crash, and every diagnostic has a place in its file. */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { renderDiagnostics } from "../../recipes/index.ts";
import { loadFiles } from "../recipes/temp-recipe.ts";

const RUNS = Number(process.env["GILD_FUZZ_RUNS"] ?? 60);
const TIMEOUT_MS = 60_000 + RUNS * 200;
const root = fileURLToPath(new URL("../..", import.meta.url));
const sample = readFileSync(`${root}/tests/fixtures/recipes/sample.yaml`, "utf8");
const samples = [sample, ...recipesOf("examples")];
const fragments = [
  "${{",
  "}}",
  ": ",
  "- ",
  "\n",
  "  ",
  "\t",
  "&a ",
  "*a",
  "!x ",
  '"',
  "'",
  "{",
  "}",
  "[",
  "]",
  "|",
  ">",
  "<<: ",
  "---\n",
];
const words = [
  ...fragments,
  "null",
  "~",
  "0755",
  "true",
  "vars.host",
  "include: r.yaml",
  "__proto__",
  "\u0000",
  "\uD800",
  "é漢",
];

const anySample = fc.constantFrom(...samples);
const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat(12),
  insert: fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })),
});

/** Texts of the recipes in the folders of a folder. */
function recipesOf(folder: string): readonly string[] {
  const names = readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(`${root}/${folder}/${name}`, "utf8"));
}

async function survives(text: string): Promise<void> {
  const { diagnostics, recipe, texts } = await loadFiles(text, { env: { KEY: "k" } });

  const errors = diagnostics.filter((one) => one.severity === "error");
  expect(recipe === undefined).toBe(errors.length > 0);
  for (const { summary, source } of diagnostics) {
    expect(summary).not.toBe("");
    expect(source.line).toBeGreaterThan(0);
    expect(source.column).toBeGreaterThan(0);
    expect(source.line).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
  }
  expect(typeof renderDiagnostics(diagnostics, texts)).toBe("string");
}

describe("loadRecipe", () => {
  it("takes the sample", async () => {
    const { diagnostics } = await loadFiles(sample, { env: { KEY: "k" } });

    expect(diagnostics).toEqual([]);
  });

  it(
    "survives edits of a recipe",
    async () => {
      await expect(
        fc.assert(
          fc.asyncProperty(anySample, fc.array(edit, { minLength: 1, maxLength: 4 }), async (original, edits) => {
            let text = original;
            for (const { at, remove, insert } of edits) {
              const place = at % (text.length + 1);
              text = text.slice(0, place) + insert + text.slice(place + remove);
            }
            await survives(text);
          }),
          { numRuns: RUNS },
        ),
      ).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it(
    "survives values of any type in any place",
    async () => {
      await expect(
        fc.assert(
          fc.asyncProperty(anySample, fc.nat(), fc.jsonValue({ maxDepth: 3 }), async (original, where, value) => {
            const values = [...original.matchAll(/(?<=: |- )[^\s{[,}\]]+/g)];
            const target = values[where % values.length];
            if (target === undefined) return;
            const start = target.index;
            await survives(original.slice(0, start) + JSON.stringify(value) + original.slice(start + target[0].length));
          }),
          { numRuns: RUNS },
        ),
      ).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it(
    "survives any text",
    async () => {
      await expect(
        fc.assert(
          fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 30 }), async (parts) => {
            await survives(parts.join(""));
          }),
          { numRuns: RUNS },
        ),
      ).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );

  it(
    "survives any expression",
    async () => {
      const token = fc.constantFrom(
        "vars.host",
        "guest.os",
        "item",
        "==",
        "&&",
        "||",
        "!",
        "<",
        "(",
        ")",
        "'x'",
        "1",
        "true",
        "contains",
        ",",
        ".",
        "-",
        "%",
      );
      await expect(
        fc.assert(
          fc.asyncProperty(fc.array(token, { maxLength: 8 }), async (tokens) => {
            await survives(
              `version: 1\nvars:\n  host: { default: x }\nsteps:\n  - hostname: \${{ ${tokens.join(" ")} }}\n    when: >-\n      ${tokens.join(" ")}\n`,
            );
          }),
          { numRuns: RUNS },
        ),
      ).resolves.toBeUndefined();
    },
    TIMEOUT_MS,
  );
});
