/** A step that has the name of an action takes the action's arguments too (design: two kinds of unit). */
import { expect, it } from "vitest";

import { allSteps } from "../../../recipes/index.ts";
import { actions, type AnyAction } from "../../../schemas/index.ts";

const table: Readonly<Record<string, AnyAction>> = actions;
const shared = allSteps().filter(({ name }) => table[name] !== undefined);

it("is so of some steps", () => {
  expect(shared.map(({ name }) => name)).toEqual(["chmod", "chown", "mkdir", "upload"]);
});

it.each(shared.map((step) => [step.name, step] as const))("%s", (name, { schema }) => {
  const spec = table[name];

  const missing = Object.keys({ ...spec?.args, ...spec?.optargs }).filter(
    (argument) => !(argument in schema.properties),
  );

  expect(missing).toEqual([]);
});
