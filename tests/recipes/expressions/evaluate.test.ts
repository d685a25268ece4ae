/** Values of expressions; what only the guest knows. */
import { describe, expect, it } from "vitest";

import { UNKNOWN, evaluate, type Known, type Scope, type Value } from "../../../recipes/expressions/evaluate.ts";
import { ExpressionProblem, parseExpression } from "../../../recipes/expressions/parse.ts";
import { Secret } from "../../../schemas/index.ts";

const guest = { os: "linux", distro: "debian", version: "12.5", arch: "x86_64", packageManager: "apt" };
const vars = new Map<string, Known<Value>>([
  ["n", 3],
  ["yes", true],
  ["host", "web1"],
  ["list", ["a", "b"]],
  ["key", new Secret("s3cret")],
  ["broken", UNKNOWN],
]);

function value(text: string, scope: Partial<Scope> = {}): Known<Value> {
  return evaluate(parseExpression(text).expression, { vars, ...scope });
}

function codeOf(text: string, scope: Partial<Scope> = {}): string {
  try {
    value(text, scope);
  } catch (error) {
    if (error instanceof ExpressionProblem) return `${error.code} ${error.span.start}`;
    throw error;
  }
  return "no problem";
}

describe("evaluate", () => {
  it.each<[string, Value]>([
    ["vars.host", "web1"],
    ["vars.n == 3", true],
    ["vars.n != 3", false],
    ["vars.n >= 3 && vars.yes", true],
    ["!vars.yes || false", false],
    ["vars.host == 'web1'", true],
    ["contains(vars.list, 'b')", true],
    ["contains(vars.host, 'eb')", true],
    ["startsWith(vars.host, 'web')", true],
    ["endsWith(vars.host, 'web')", false],
    ["vars.key == 's3cret'", true],
    ["'9' < '10'", true],
    ["'12.5' >= '12'", true],
    ["'12' < '12.1'", true],
    ["'1.10' > '1.9'", true],
    ["'007' == '7'", false],
  ])("gives %s", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it("keeps a secret a secret", () => {
    expect(value("vars.key")).toBeInstanceOf(Secret);
  });

  it("looks up the item of for-each and its parts", () => {
    expect(value("item.name", { item: { name: "x" } })).toBe("x");
    expect(codeOf("item.nam", { item: { name: "x" } })).toBe("expression-unknown 0");
    expect(codeOf("item.toString", { item: { name: "x" } })).toBe("expression-unknown 0");
    expect(codeOf("item")).toBe("expression-unknown 0");
  });

  it.each<[string, Known<Value>, Value]>([
    ["guest.distro", UNKNOWN, "debian"],
    ["guest.distro == 'debian'", UNKNOWN, true],
    ["guest.version >= '12'", UNKNOWN, true],
    ["guest.version >= '13'", UNKNOWN, false],
    ["vars.yes || guest.os == 'linux'", true, true],
    ["guest.os == 'linux' || vars.yes", true, true],
    ["!vars.yes && guest.os == 'linux'", false, false],
    ["guest.os == 'linux' && vars.yes", UNKNOWN, true],
    ["startsWith(guest.arch, 'x86')", UNKNOWN, true],
    ["!startsWith(guest.arch, 'x86')", UNKNOWN, false],
  ])("gives %s before and with the guest", (text, before, after) => {
    expect(value(text)).toBe(before);
    expect(value(text, { guest })).toBe(after);
  });

  it.each([
    ["vars.hots", "expression-unknown 0"],
    ["host", "expression-unknown 0"],
    ["vars", "expression-unknown 0"],
    ["vars.host.x", "expression-unknown 0"],
    ["guest.name", "expression-unknown 0"],
    ["vars.constructor", "expression-unknown 0"],
    ["upper(vars.host)", "expression-unknown 0"],
    ["contains(vars.host)", "expression-type 0"],
    ["contains(vars.n, 'x')", "expression-type 9"],
    ["startsWith(vars.host, 3)", "expression-type 22"],
    ["vars.host && true", "expression-type 0"],
    ["true || vars.n", "expression-type 8"],
    ["!vars.host", "expression-type 1"],
    ["vars.n == 'x'", "expression-type 0"],
    ["vars.list < vars.list", "expression-type 0"],
    ["true < false", "expression-type 0"],
    ["guest.version >= 12", "expression-type 0"],
  ])("refuses %s", (text, expected) => {
    expect(codeOf(text)).toBe(expected);
  });

  it("says nothing more about a variable that is broken already", () => {
    expect(value("vars.broken > 3")).toBe(UNKNOWN);
    expect(value("vars.broken == 'x'")).toBe(UNKNOWN);
  });
});
