/** What the appliance says it can do. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { groupNames, groupState, isInstalled } from "../../guestfsd/optgroups.ts";
import { actions, GILD_GROUP, type AnyAction } from "../../schemas/index.ts";

const NOWHERE = "/no/such/folder";

it("knows the groups of libguestfs, and no others", () => {
  const facts: unknown = JSON.parse(readFileSync(new URL("../fixtures/facts/optgroups.json", import.meta.url), "utf8"));

  expect(groupNames()).toEqual(Object.keys(Object(facts)).sort(byName));
});

it("knows the group of every action", () => {
  const table: readonly AnyAction[] = Object.values(actions);
  const used = new Set(table.flatMap(({ group }) => (group === undefined ? [] : [group])));

  expect(groupNames()).toEqual(expect.arrayContaining([...used]));
});

it.each(["augeas", "realpath"])("always has the retired group %s", (group) => {
  expect(groupState(group, NOWHERE)).toBe("available");
});

it("has a group when its programs are there", () => {
  expect(groupState("xz", "/usr/bin:/bin")).toBe("available");
  expect(groupState("xz", NOWHERE)).toBe("unavailable");
});

it("has a group when its libraries are there", () => {
  expect(groupState("acl", NOWHERE)).toBe("available");
  expect(groupState("acl", "/usr/bin:/bin", NOWHERE)).toBe("unavailable");
});

it("has gild's own group, which is no feature of libguestfs", () => {
  expect(groupState(GILD_GROUP)).toBe("available");
  expect(groupNames()).not.toContain(GILD_GROUP);
});

it.each(["nonsense", "", "constructor", "__proto__"])("does not know the group '%s'", (group) => {
  expect(groupState(group)).toBe("unknown");
});

it("finds programs in PATH", () => {
  expect(isInstalled("sh", "/no/such:/bin")).toBe(true);
  expect(isInstalled("sh", NOWHERE)).toBe(false);
});

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
