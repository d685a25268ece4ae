/**
 * `npm run generate`: writes schemas/generated/ from the action table, the library functions, the steps and the document types.
 * `--check` writes nothing and fails when a file differs. procs.lock is append-only: a changed or removed line is refused.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { libraryPage } from "../engine/index.ts";
import { recipeSchema } from "../recipes/index.ts";
import {
  actions,
  diffSchema,
  families,
  offlinePlanSchema,
  planSchema,
  procsLock,
  protocolText,
  referenceIndex,
  referencePage,
  savedPlanSchema,
} from "../schemas/index.ts";

const folder = fileURLToPath(new URL("../schemas/generated", import.meta.url));

function wanted(): Map<string, string> {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const files = new Map([
    ["guestfs_protocol.x", protocolText(actions)],
    ["procs.lock", procsLock(actions)],
    ["recipe.schema.json", json(recipeSchema())],
    ["plan.schema.json", json(planSchema)],
    ["diff.schema.json", json(diffSchema)],
    ["offline-plan.schema.json", json(offlinePlanSchema)],
    ["saved-plan.schema.json", json(savedPlanSchema)],
    ["reference/README.md", referenceIndex(families)],
    ["reference/library.md", libraryPage()],
  ]);
  for (const [name, family] of Object.entries(families)) files.set(`reference/${name}.md`, referencePage(name, family));
  return files;
}

function existing(): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")] as const;
    }),
  );
}

function main(): void {
  const before = existing();
  const after = wanted();
  const lost = (before.get("procs.lock") ?? "")
    .split("\n")
    .filter((line) => !(after.get("procs.lock") ?? "").split("\n").includes(line));
  if (lost.length > 0) throw new Error(`procs.lock: lines may not change or go: ${lost.join(", ")}`);

  const different = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  const stale = [...before.keys()].filter((name) => !after.has(name));
  if (process.argv.includes("--check")) {
    if (different.length + stale.length === 0) return;
    console.error(`schemas/generated is not up to date (npm run generate): ${[...different, ...stale].join(", ")}`);
    process.exitCode = 1;
    return;
  }
  for (const name of stale) rmSync(join(folder, name));
  for (const name of different) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), after.get(name) ?? "");
  }
}

main();
