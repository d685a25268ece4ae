/** Conventions of the action table, and its agreement with libguestfs's interface. */
import { readdirSync } from "node:fs";
import { constants } from "node:os";

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { handlers } from "../../guestfsd/index.ts";
import { errnoNumber } from "../../guestfsd/native/errno.ts";
import { groupNames } from "../../guestfsd/optgroups.ts";
import {
  actions,
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
    const excused = /\S.*[^.]$/s.test(action.testExcuse ?? "");

    expect(excused || action.tests.some(({ expect: outcome }) => !("errno" in outcome))).toBe(true);
    expect(excused || action.tests.some(({ expect: outcome }) => "errno" in outcome)).toBe(true);
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
