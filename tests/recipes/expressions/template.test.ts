/** Scalars with expressions in them. */
import { describe, expect, it } from "vitest";

import { UNKNOWN, type Known, type Value } from "../../../recipes/expressions/evaluate.ts";
import { ExpressionProblem } from "../../../recipes/expressions/parse.ts";
import { fill, parseTemplate } from "../../../recipes/expressions/template.ts";
import { Secret, reveal } from "../../../schemas/index.ts";

const vars = new Map<string, Known<Value>>([
  ["n", 3],
  ["list", ["a"]],
  ["host", "web1"],
  ["key", new Secret("s3cret")],
]);

function filled(text: string): Known<Value> {
  return fill(parseTemplate(text), { vars });
}

describe("fill", () => {
  it.each<[string, Known<Value>]>([
    ["${{ vars.n }}", 3],
    ["${{vars.list}}", ["a"]],
    ["n=${{ vars.n }}", "n=3"],
    ["${{ vars.host }}${{ vars.n }}", "web13"],
    ["${{ '${{ }}' }}", "${{ }}"],
    ["${{ guest.os }}-x", UNKNOWN],
    ["$${{ vars.n }}", "$3"],
    ["no }} expression", "no }} expression"],
  ])("makes %s", (text, expected) => {
    expect(filled(text)).toEqual(expected);
  });

  it("makes a secret of text with a secret in it", () => {
    const value = filled("key: ${{ vars.key }}");

    expect(value).toBeInstanceOf(Secret);
    expect(value instanceof Secret && reveal(value)).toBe("key: s3cret");
  });

  it("refuses a list inside text", () => {
    expect(() => filled("x${{ vars.list }}")).toThrow(ExpressionProblem);
  });
});
