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

export interface World {
  /** Whether a test is for this world at all. */
  suits(test: ActionTest): boolean;
  /**
   * Brings about the state that a test starts from.
   *
   * @returns the client, an object with a method for every action, and how many of the test's calls are made already
   */
  prepare(test: ActionTest): Promise<{ readonly api: object; readonly made: number }>;
}

/** Defines a vitest test for every test of every action that suits the world. */
export function defineActionTests(world: World): void {
  const table: Readonly<Record<string, Family>> = families;
  for (const [name, family] of Object.entries(table)) {
    const cases = Object.entries(family).flatMap(([action, { tests }]) =>
      tests.flatMap((test, index) => (world.suits(test) ? [[titleOf(action, index, test), test] as const] : [])),
    );
    if (cases.length === 0) continue;
    describe(`family ${name}`, () => {
      it.each(cases)("%s", async (_title, test) => {
        const { api, made } = await world.prepare(test);

        const { outcome, wanted } = await runActionTest(api, { ...test, calls: test.calls.slice(made) });

        expect(outcome).toEqual(wanted);
      });
    });
  }
}

const titleOf = (action: string, index: number, test: ActionTest): string =>
  `${action} ${index + 1}: ${JSON.stringify(test.expect)}`;

/**
 * Makes the calls of one test; all but the last must succeed.
 *
 * @returns what the last one did, and what toEqual() must find it to be
 */
export async function runActionTest(
  api: object,
  { calls, expect: expected }: ActionTest,
): Promise<{ outcome: Outcome; wanted: unknown }> {
  const last = calls.at(-1);
  if (last === undefined) throw new Error("a test without calls");
  for (const [name, args] of calls.slice(0, -1)) await makeCall(api, name, args);

  const outcome = await makeCall(api, ...last).then(
    (value): Outcome => ({ value: shown(value, expected) }),
    (error: unknown): Outcome => {
      if (error instanceof GuestfsError) return { errno: error.errno, message: error.message };
      throw error;
    },
  );
  return { outcome, wanted: wantedOutcome(expected, outcome, last[0]) };
}

export type Outcome = { readonly value: Json } | { readonly errno: string; readonly message: string };

/** The part of a result that an expectation is about. */
function shown(value: Json, expected: Expectation): Json {
  if ("result" in expected) return value;
  const isList = Array.isArray(value) && !isObjects(value);
  return "contains" in expected && isList ? value : asText(value);
}

function wantedOutcome(expected: Expectation, outcome: Outcome, action: string): unknown {
  if ("errno" in expected) {
    return {
      errno: expected.errno,
      message: expect.stringContaining(`${action}: `) as unknown,
    };
  }
  if ("result" in expected) return { value: expected.result };
  if ("succeeds" in expected) return { value: expect.any(String) as unknown };
  if ("matches" in expected) return { value: expect.stringMatching(new RegExp(expected.matches, "s")) as unknown };
  const { contains } = expected;
  const isList = "value" in outcome && Array.isArray(outcome.value);
  return { value: isList ? expect.arrayContaining([contains]) : expect.stringContaining(contains) };
}

const isObjects = (values: readonly Json[]): boolean => values.some((value) => typeof value === "object");
const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** One call with arguments in recipe form. Gives the result in the form that expectations have; a received file as text. */
export async function makeCall(api: object, name: string, given: Readonly<Record<string, Json>> = {}): Promise<Json> {
  const table: Readonly<Record<string, AnyAction>> = actions;
  const action = table[name];
  const method: unknown = Reflect.get(api, name);
  if (action === undefined || typeof method !== "function") throw new Error(`no action ${name}`);

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
  const result: unknown = await Reflect.apply(method, api, [args]);
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
