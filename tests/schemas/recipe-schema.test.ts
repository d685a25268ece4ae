/** The JSON Schema of recipes: closed, described, and of one mind with the loader. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { allSteps, recipeSchema } from "../../recipes/index.ts";
import { Validator } from "../../recipes/validator.ts";
import { actionSchema, recipeActions, type Json } from "../../schemas/index.ts";

const sample = readFileSync(fileURLToPath(new URL("../fixtures/recipes/sample.yaml", import.meta.url)), "utf8");
const schema = recipeSchema();
const validator = await Validator.create(true);

const accepts = (recipe: unknown): boolean => validator.errors(schema, recipe).length === 0;
const withStep = (step: unknown): unknown => ({ version: 1, steps: [step] });

describe("recipeSchema", () => {
  it("is a strict schema", () => {
    expect(() => validator.errors(schema, {})).not.toThrow();
  });

  it("takes the sample", () => {
    expect(validator.errors(schema, parse(sample))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["a bare step", "selinux-relabel"],
    ["a step without a value", { "selinux-relabel": null }],
    ["a short form", { hostname: "a" }],
    ["a short form that is an expression", { hostname: "${{ vars.x }}" }],
    ["a long form", { hostname: { name: "a" } }],
    ["an action", { mkdir_mode: { path: "/a", mode: "0755" } }],
    [
      "an expression for a mode",
      { mkdir_mode: { path: "/${{ item }}", mode: "${{ vars.mode }}" }, "for-each": "${{ vars.x }}" },
    ],
    ["an action that has the name of a step", { upload: { filename: "a", remotefilename: "/a" } }],
    ["an include", { include: { file: "a.yaml", vars: { x: 1, y: ["a"] } }, when: true }],
  ])("takes %s", (_, step) => {
    expect(accepts(withStep(step))).toBe(true);
  });

  it.each<[string, unknown]>([
    ["no version", {}],
    ["another version", { version: 2 }],
    ["an unknown key", { version: 1, step: [] }],
    ["an unknown step", withStep({ hostnam: "a" })],
    ["an unknown bare step", withStep("hostname")],
    ["an empty item", withStep({})],
    ["an unknown argument", withStep({ mkdir_p: { path: "/a", pth: "/b" } })],
    ["a missing argument", withStep({ mkdir_p: {} })],
    ["a mode that is a number", withStep({ mkdir_mode: { path: "/a", mode: 493 } })],
    ["an internal action", withStep({ internal_write: { path: "/a", content: "" } })],
    ["an action that writes on the host", withStep({ download: { remotefilename: "/a", filename: "b" } })],
    ["an unknown modifier", withStep({ hostname: "a", whne: true })],
  ])("refuses %s", (_, recipe) => {
    expect(accepts(recipe)).toBe(false);
  });

  it("is closed and described everywhere", () => {
    expect(complaints(schema, "")).toEqual([]);
  });
});

describe("schemas of steps", () => {
  it.each(allSteps().map((step) => [step.name, step] as const))("of %s is strict", (_, step) => {
    expect(() => validator.errors(step.schema, {})).not.toThrow();
    expect(step.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(step.summary).toMatch(/^[a-z].*[^.]$/);
    expect(step.description).toMatch(/^[A-Z].*\.$/s);
    expect(step.short === undefined || step.short in step.schema.properties).toBe(true);
  });

  it("of actions are strict", () => {
    for (const name of recipeActions()) expect(() => validator.errors(actionSchema(name), {})).not.toThrow();
  });
});

/** Places of objects that are open, and of properties without a description. */
function complaints(one: Json | undefined, at: string): readonly string[] {
  if (Array.isArray(one)) return one.flatMap((item: Json, index) => complaints(item, `${at}/${index}`));
  if (typeof one !== "object" || one === null) return [];
  const found: string[] = [];
  const parts = new Map(Object.entries<Json>(one));
  if (parts.has("properties") && !parts.has("additionalProperties")) found.push(`${at}: open`);
  for (const [name, property] of entriesOf(parts.get("properties"))) {
    const isDescribed =
      name === "include" || (typeof property === "object" && property !== null && "description" in property);
    if (!isDescribed) found.push(`${at}/${name}: no description`);
    found.push(...complaints(property, `${at}/${name}`));
  }
  for (const keyword of ["items", "additionalProperties", "anyOf"])
    found.push(...complaints(parts.get(keyword), `${at}/${keyword}`));
  return found;
}

function entriesOf(one: Json | undefined): readonly (readonly [string, Json])[] {
  return typeof one === "object" && one !== null ? Object.entries<Json>(one) : [];
}
