/**
 * `npm run generate`: writes schemas/generated/ from the action table, the library functions, the steps and the document types,
 * and docs/actions.md from the table and the facts of libguestfs.
 * `--check` writes nothing and fails when a file differs. procs.lock is append-only: a changed or removed line is refused.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { libraryPage } from "../engine/index.ts";
import { recipeSchema } from "../recipes/index.ts";
import {
  actions,
  actionsPage,
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

const root = fileURLToPath(new URL("..", import.meta.url));
const GENERATED = "schemas/generated";
const ACTIONS_PAGE = "docs/actions.md";
const LOCK = `${GENERATED}/procs.lock`;

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
  const placed = [...files].map(([name, text]) => [`${GENERATED}/${name}`, text] as const);
  return new Map([...placed, [ACTIONS_PAGE, actionsPage(families, releasedActions())]]);
}

/** Names of the actions of libguestfs 1.48.6. */
function releasedActions(): ReadonlySet<string> {
  const text = readFileSync(join(root, "tests/fixtures/facts/actions.json"), "utf8");
  // A committed file of this shape (tests/contract/facts.ts).
  const facts = JSON.parse(text) as readonly { readonly name: string; readonly present_in: readonly string[] }[];
  return new Set(facts.filter(({ present_in }) => present_in.includes("1.48.6")).map(({ name }) => name));
}

function existing(): Map<string, string> {
  const folder = join(root, GENERATED);
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = [...paths.map((path) => relative(root, path)), ACTIONS_PAGE];
  return new Map(
    names
      .filter((name) => existsSync(join(root, name)))
      .map((name) => [name, readFileSync(join(root, name), "utf8")] as const),
  );
}

function main(): void {
  const before = existing();
  const after = wanted();
  const lost = (before.get(LOCK) ?? "")
    .split("\n")
    .filter((line) => !(after.get(LOCK) ?? "").split("\n").includes(line));
  if (lost.length > 0) throw new Error(`procs.lock: lines may not change or go: ${lost.join(", ")}`);

  const different = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  const stale = [...before.keys()].filter((name) => !after.has(name));
  if (process.argv.includes("--check")) {
    if (different.length + stale.length === 0) return;
    console.error(`generated files are not up to date (npm run generate): ${[...different, ...stale].join(", ")}`);
    process.exitCode = 1;
    return;
  }
  for (const name of stale) rmSync(join(root, name));
  for (const name of different) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), after.get(name) ?? "");
  }
}

main();
