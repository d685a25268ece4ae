/** Each step's page: the fixed headings, every property, the step's own name and texts. */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { allSteps } from "../../../recipes/index.ts";

const folder = fileURLToPath(new URL("../../../recipes/steps", import.meta.url));
const HEADINGS = ["Synopsis", "Properties", "Lowers to", "Errors", "Example"];

describe("recipes/steps", () => {
  it("has a folder for each step, and no other", () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(folders.map(({ name }) => name).toSorted()).toEqual(allSteps().map(({ name }) => name));
  });

  it.each(allSteps().map((step) => [step.name, step] as const))("documents %s", (name, step) => {
    const page = readFileSync(`${folder}/${name}/README.md`, "utf8");

    expect(page.startsWith(`# ${name}: ${step.summary}\n`)).toBe(true);
    expect([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(HEADINGS);
    expect(page).toContain(step.description);
    const rows = [...page.matchAll(/^\| `(.*?)` +\|.*\| *(.*?) *\|$/gm)].map((match) => [match[1], match[2]]);
    const properties = Object.entries(step.schema.properties).map(([property, { description }]) => [
      property,
      description,
    ]);
    expect(rows.filter(([property]) => !property?.includes("."))).toEqual(properties);
  });
});
