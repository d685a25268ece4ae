/** Conventions of the action table, and its agreement with libguestfs's interface. */
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { handlers } from "../../guestfsd/index.ts";
import { errnoNumber } from "../../guestfsd/native/errno.ts";
import { groupNames } from "../../guestfsd/optgroups.ts";
import {
  absentActions,
  actions,
  actionsPage,
  families,
  structs,
  type AnyAction,
  type AnyField,
  type AnyResult,
  type Family,
} from "../../schemas/index.ts";
import { factActions, factGroups, factStructs, type FactArg, type FactResult } from "./facts.ts";

const table: readonly (readonly [string, AnyAction])[] = Object.entries(actions);
const ajv = new Ajv2020({ strict: false, allErrors: true });
const excuses = table.flatMap(([name, { testExcuse }]) =>
  testExcuse === undefined ? [] : [[name, testExcuse] as const],
);
const MOST_EXCUSES = 10;
const MOST_ABSENT = 15;

describe.each(table)("%s", (name, action) => {
  const fact = factActions.get(name);
  const fields = Object.entries({ ...action.args, ...action.optargs });

  it("is spelled and described as the others", () => {
    expect(name).toMatch(/^[a-z][a-zA-Z0-9_]*$/);
    for (const [argument] of fields) expect(argument).toMatch(/^[a-z0-9]+$/);
    expect(action.summary).toMatch(/^[a-z0-9].*[^.]$/);
    expect(action.description).toMatch(/^[A-Z].*\.$/s);
    for (const [argument, field] of fields) expect(`${argument}: ${field.doc}`).toMatch(/: [A-Z0-9`].*\.$/s);
  });

  it("is libguestfs's call", () => {
    expect(fact).toBeDefined();
    expect({
      proc_nr: action.proc,
      since: action.since,
      group: action.group ?? null,
      args: Object.entries(action.args).map(([argument, field]) => factArg(argument, field)),
      optargs: Object.entries(action.optargs).map(([argument, field]) => factOptarg(argument, field)),
      ret: factResult(action.ret),
    }).toEqual({
      proc_nr: fact?.proc_nr,
      since: fact?.since,
      group: fact?.group,
      args: fact?.args.map(({ name, type, of }) => ({ name, type, ...(of === undefined ? {} : { of }) })),
      optargs: fact?.optargs.map(({ name, type }) => ({ name, type })),
      ret: fact?.ret,
    });
  });

  it("has a test that succeeds and one that fails, or an excuse", () => {
    const elsewhere = action.testedIn !== undefined && readFileSync(action.testedIn, "utf8").includes(name);
    // What takes no argument fails for what it does not take: tests/guestfsd/refusals.test.ts.
    const fails = fields.length === 0 || action.tests.some(({ expect: outcome }) => "errno" in outcome);
    const succeeds = action.tests.some(({ expect: outcome }) => !("errno" in outcome));
    const excused = excuses.some(([known]) => known === name);

    expect(elsewhere || action.testedIn === undefined).toBe(true);
    expect(excused || elsewhere || succeeds).toBe(true);
    expect(excused || elsewhere || fails).toBe(true);
  });

  it("has tests whose last call is this action or looks at what it did, with arguments in recipe form", () => {
    for (const { calls, expect: outcome } of action.tests) {
      expect(calls.map(([called]) => called)).toContain(name);
      for (const [index, [called, args = {}]] of calls.entries()) {
        // Wrong values are given on purpose, to see the daemon refuse them.
        const mayBeWrong = "errno" in outcome && index === calls.length - 1;
        expect(mistakes(called, args, mayBeWrong)).toEqual([]);
      }
    }
  });

  it("names errors that exist", () => {
    const expected = action.tests.flatMap(({ expect: outcome }) => ("errno" in outcome ? [outcome.errno] : []));

    const unknown = [...action.errors, ...expected].filter(
      (code) => code !== "" && errnoNumber(code) === undefined && !(code in constants.errno),
    );

    expect(unknown).toEqual([]);
  });
});

describe(`the ${excuses.length} excuses for tests that are not there`, () => {
  it.each(excuses)("%s: %s", (_name, excuse) => {
    expect(excuse).toMatch(/^[a-z].*[^.]$/s);
  });

  it("are few", () => {
    expect(excuses.length).toBeLessThanOrEqual(MOST_EXCUSES);
  });
});

describe("action table", () => {
  it("uses every procedure number once", () => {
    const numbers = table.map(([, { proc }]) => proc);

    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("has every action in one family only", () => {
    const byFamily: Readonly<Record<string, Family>> = families;
    const names = Object.values(byFamily).flatMap((family) => Object.keys(family));

    expect(names.toSorted()).toEqual(Object.keys(actions).toSorted());
  });

  it("has every action of libguestfs but the few that are known not to be there", () => {
    const absent = Object.entries(absentActions);
    const missing = [...factActions.keys()].filter((name) => !Object.hasOwn(actions, name));

    expect(missing.toSorted()).toEqual(absent.map(([name]) => name).toSorted());
    expect(absent.length).toBeLessThanOrEqual(MOST_ABSENT);
    for (const [name, { proc, since, group, reason }] of absent) {
      expect({ proc, since, group: group ?? null }).toEqual({
        proc: factActions.get(name)?.proc_nr,
        since: factActions.get(name)?.since,
        group: factActions.get(name)?.group,
      });
      expect(reason).toMatch(/^[a-z].{20,}[^.]$/s);
    }
  });

  it("has a page in docs/ that says so", () => {
    const released = new Set(
      [...factActions.values()].filter(({ present_in }) => present_in.includes("1.48.6")).map(({ name }) => name),
    );
    const page = readFileSync("docs/actions.md", "utf8");
    const there = [...released].filter((name) => Object.hasOwn(actions, name));

    expect(page).toBe(actionsPage(families, released));
    expect(there.length / released.size).toBeGreaterThan(0.97);
  });

  it("has a handler for every action, and no other", () => {
    expect(Object.keys(handlers).toSorted()).toEqual(Object.keys(actions).toSorted());
  });

  it("has its two halves in files of the same names", () => {
    const specs = filesOf("schemas/actions");

    expect(filesOf("guestfsd/actions")).toEqual(specs);
    expect(specs).toEqual([...Object.keys(families), "index"].toSorted());
  });

  it("has libguestfs's structs", () => {
    const ours = Object.entries(structs).map(([name, { members }]) => ({
      name,
      fields: Object.entries(members).map(([member, field]) => ({ name: member, type: field.upstream.type })),
    }));

    expect(ours).toEqual(ours.map(({ name }) => factStructs.get(name)));
  });

  it("has only groups that libguestfs has, and the daemon knows them all", () => {
    const groups = table.flatMap(([, { group }]) => (group === undefined ? [] : [group]));

    expect(groups.filter((group) => !Object.hasOwn(factGroups, group))).toEqual([]);
    expect(groupNames()).toEqual(Object.keys(factGroups).toSorted());
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(new URL(`../../${folder}`, import.meta.url))
    .map((name) => name.replace(/\.ts$/, ""))
    .toSorted();
}

function factArg(name: string, { upstream: { type, of } }: AnyField): FactArg {
  return of === undefined ? { name, type } : { name, type, of };
}

function factOptarg(name: string, { upstream: { type } }: AnyField): FactArg {
  return { name, type: `O${type}` };
}

function factResult(ret: AnyResult): FactResult {
  if (!("upstream" in ret)) return { type: "RErr" };
  const { type, of = "" } = ret.upstream;
  const named = { type, name: ret.doc };
  switch (type) {
    case "RStruct":
    case "RStructList":
      return { ...named, struct: of };
    case "RHashtable": {
      const [key = "", value = ""] = of.split(",");
      return { ...named, key, value };
    }
    case "RString":
    case "RStringList":
      return { ...named, of };
    default:
      return named;
  }
}

/** What is wrong with the arguments of a call in a test. */
function mistakes(name: string, args: Readonly<Record<string, unknown>>, mayBeWrong: boolean): string[] {
  const action = table.find(([known]) => known === name)?.[1];
  if (action === undefined) return [`${name}: no such action`];
  const fields: Readonly<Record<string, AnyField>> = { ...action.args, ...action.optargs };
  const found = Object.keys(args)
    .filter((key) => !Object.hasOwn(fields, key))
    .map((key) => `${name}: no argument ${key}`);
  for (const [key, field] of Object.entries(fields)) {
    const value = args[key];
    if (value === undefined) {
      if (Object.hasOwn(action.args, key) && !field.kind.startsWith("file")) found.push(`${name}: ${key} is missing`);
    } else if (!ajv.validate(field.json, value) && !mayBeWrong) {
      found.push(`${name}: ${key}: ${ajv.errorsText()}`);
    }
  }
  return found;
}
