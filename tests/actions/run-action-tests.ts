/**
 * The one runner of the tests that action specs carry as data. Where they run is a World: a folder with the daemon in this
 * process (memory.test.ts) or a VM (../appliance/actions.test.ts).
 */
import { describe, expect, it } from "vitest";

import { GuestfsError } from "../../engine/index.ts";
import {
  actions,
  bytesFromText,
  families,
  isStream,
  textFromBytes,
  type ActionTest,
  type AnyAction,
  type Expectation,
  type Family,
  type Json,
} from "../../schemas/index.ts";

/** The client's methods by name: test data is not typed. */
export type UntypedApi = Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Promise<unknown>>>;

export interface World {
  /** Why a test cannot run here; undefined when it can. */
  cannotRun(test: ActionTest): string | undefined;
  /** Brings about the state that a test starts from, and gives the API. */
  prepare(init: ActionTest["init"]): Promise<UntypedApi>;
}

/** Defines a vitest test for every test of every action. */
export function defineActionTests(world: World): void {
  const table: Readonly<Record<string, Family>> = families;
  for (const [name, family] of Object.entries(table)) {
    if (Object.values(family).every(({ tests }) => tests.length === 0)) continue;
    describe(name, () => {
      for (const [action, { tests }] of Object.entries(family)) defineTests(action, tests, world);
    });
  }
}

function defineTests(action: string, tests: readonly ActionTest[], world: World): void {
  for (const [index, test] of tests.entries()) {
    it(`${action} ${index + 1}: ${JSON.stringify(test.expect)}`, async (context) => {
      const obstacle = world.cannotRun(test);
      if (obstacle !== undefined) context.skip(obstacle);

      const api = await world.prepare(test.init);
      await runActionTest(api, test);
    });
  }
}

/** Makes the calls of one test; all but the last must succeed, the last must do what is expected. */
export async function runActionTest(api: UntypedApi, { calls, expect: expected }: ActionTest): Promise<void> {
  const last = calls.at(-1);
  if (last === undefined) throw new Error("a test without calls");
  for (const [name, args] of calls.slice(0, -1)) await makeCall(api, name, args);

  const outcome = makeCall(api, ...last);
  if ("errno" in expected) {
    const error: unknown = await outcome.then(
      (value) => `succeeded with ${JSON.stringify(value)}`,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(GuestfsError);
    expect(error).toMatchObject({ errno: expected.errno, action: last[0] });
    return;
  }
  compare(await outcome, expected);
}

function compare(value: Json, expected: Exclude<Expectation, { readonly errno: string }>): void {
  if ("result" in expected) expect(value).toEqual(expected.result);
  else if ("contains" in expected)
    expect(Array.isArray(value) && !isObjects(value) ? value : asText(value)).toContain(expected.contains);
  else if ("matches" in expected) expect(asText(value)).toMatch(new RegExp(expected.matches, "s"));
}

const isObjects = (values: readonly Json[]): boolean => values.some((value) => typeof value === "object");
const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** One call with arguments in recipe form. Gives the result in the form that expectations have; a received file as text. */
async function makeCall(api: UntypedApi, name: string, given: Readonly<Record<string, Json>> = {}): Promise<Json> {
  const table: Readonly<Record<string, AnyAction>> = actions;
  const action = table[name];
  const method = api[name];
  if (action === undefined || method === undefined) throw new Error(`no action ${name}`);

  const pieces: Uint8Array[] = [];
  const args: Record<string, unknown> = {};
  for (const [key, field] of Object.entries({ ...action.args, ...action.optargs })) {
    const value = given[key];
    if (isStream(field)) {
      if (field.direction === "out") args[key] = (bytes: Uint8Array) => void pieces.push(Buffer.from(bytes));
      else args[key] = bytesFromText(String(value ?? ""));
    } else if (value !== undefined) {
      args[key] = field.fromRecipe(value);
    }
  }
  const result = await method(args);
  return isFileOut(action) ? textFromBytes(Buffer.concat(pieces)) : toJson(result);
}

function isFileOut(action: AnyAction): boolean {
  return Object.values(action.args).some((field) => isStream(field) && field.direction === "out");
}

/** Bigints as numbers, bytes as text, nothing as null. */
function toJson(value: unknown): Json {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return textFromBytes(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
