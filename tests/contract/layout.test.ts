/** Conventions of the tree: READMEs, imports across folders, where things may be. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["appliance", "cli", "engine", "guestfsd", "recipes", "schemas", "tests"];
const HEADINGS = ["## Owns", "## May not", "## Add one", "## Read next"];
/** Only these start programs (appliance/ and scripts/ are build programs, not the product). */
const SPAWNERS = [
  "engine/host-command.ts",
  "engine/launch-direct.ts",
  "guestfsd/command.ts",
  "guestfsd/native/process.ts",
];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => `${folder}/${name}`);
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const imports = (path: string): string[] =>
  [...read(path).matchAll(/from "(\.[^"]+)"/g)].map((match) => match[1] ?? "");

test.each(FOLDERS)("%s/README.md has the four headings, and is short", (folder) => {
  const lines = read(`${folder}/README.md`).split("\n");

  expect(lines.filter((line) => HEADINGS.includes(line))).toEqual(HEADINGS);
  expect(lines.length).toBeLessThanOrEqual(61);
});

describe("imports", () => {
  const product = ["cli", "engine", "guestfsd", "recipes", "schemas"].flatMap(sources);

  test("across folders go through index.ts", () => {
    const wrong = product.flatMap((path) =>
      imports(path).flatMap((target) => {
        const resolved = join(path, "..", target);
        const other = resolved.split("/")[0];
        return other === path.split("/")[0] || resolved === `${other}/index.ts` ? [] : [`${path} -> ${target}`];
      }),
    );

    expect(wrong).toEqual([]);
  });

  test("of node:child_process are only where programs may be started", () => {
    const spawners = product.filter((path) => /from "node:child_process"|posix_spawn/.test(read(path)));

    expect(spawners.filter((path) => !SPAWNERS.includes(path))).toEqual([]);
  });
});

test("README.md is at most 150 lines", () => {
  expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

test("no file is longer than 400 lines", () => {
  const long = ["appliance", "cli", "engine", "guestfsd", "recipes", "schemas", "scripts", "tests"]
    .flatMap(sources)
    .filter((path) => read(path).split("\n").length > 401);

  expect(long).toEqual([]);
});
