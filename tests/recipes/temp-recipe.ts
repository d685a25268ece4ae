/** Recipes in a temporary folder, for tests: writes the files, loads, and gives positions in a short form. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { loadRecipe, type LoadOptions, type LoadResult } from "../../recipes/index.ts";
import type { RecipeStep } from "../../schemas/index.ts";

export interface TempResult extends LoadResult {
  /** `code line:column`, prefixed with `file ` for other files than the recipe. */
  readonly found: readonly string[];
  readonly steps: readonly RecipeStep[];
  readonly folder: string;
}

/** Loads `files["r.yaml"]`. A string alone is that file. The folder is gone afterwards. */
export async function loadFiles(
  files: string | Readonly<Record<string, string | Uint8Array>>,
  options: LoadOptions = {},
): Promise<TempResult> {
  const folder = mkdtempSync(join(tmpdir(), "gild-recipe-"));
  try {
    for (const [name, content] of Object.entries(typeof files === "string" ? { "r.yaml": files } : files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const varsFiles = options.varsFiles?.map((file) => join(folder, file)) ?? [];
    const result = await loadRecipe(join(folder, "r.yaml"), { ...options, varsFiles });
    const found = result.diagnostics.map(({ code, source }) => {
      const file = source.file === join(folder, "r.yaml") ? "" : `${source.file.slice(folder.length + 1)} `;
      return `${file}${code} ${source.line}:${source.column}`;
    });
    return { ...result, found, steps: result.recipe?.steps ?? [], folder };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A recipe whose steps are these lines. */
export function withSteps(...lines: readonly string[]): string {
  return `version: 1\nsteps:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
