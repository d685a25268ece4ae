/** Syntax of expressions. */
import { describe, expect, it } from "vitest";

import { ExpressionProblem, parseExpression, type Expression } from "../../../recipes/expressions/parse.ts";

/** With every pair of parentheses. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return JSON.stringify(expression.value);
    case "name":
      return expression.parts.join(".");
    case "not":
      return `!${show(expression.operand)}`;
    case "binary":
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case "call":
      return `${expression.name}(${expression.args.map(show).join(", ")})`;
  }
}

describe("parseExpression", () => {
  it.each([
    ["vars.a", "vars.a"],
    ["vars.deploy-key", "vars.deploy-key"],
    ["1 == -2.5", "(1 == -2.5)"],
    ["a || b && c", "(a || (b && c))"],
    ["a && b || c", "((a && b) || c)"],
    ["a == b && !c != d", "((a == b) && (!c != d))"],
    ["a == b == c", "((a == b) == c)"],
    ["1 < 2 == true", "((1 < 2) == true)"],
    ["(a || b) && c", "((a || b) && c)"],
    ["!!a", "!!a"],
    ["contains(vars.x, 'it''s')", 'contains(vars.x, "it\'s")'],
    ['f("a\\"\\\\\\n", g())', 'f("a\\"\\\\\\n", g())'],
    ["trueish", "trueish"],
    ["'}}'", '"}}"'],
  ])("parses %s", (text, shown) => {
    expect(show(parseExpression(text).expression)).toBe(shown);
  });

  it.each([
    ["", 0],
    ["   ", 3],
    ["a ==", 4],
    ["a = b", 2],
    ["a b", 2],
    ["(a", 2],
    ["a)", 1],
    ["'abc", 0],
    ["vars.", 5],
    ["vars.1", 5],
    ["f(a,", 4],
    ["f(a b)", 4],
    ["a & b", 2],
    ["a + b", 2],
    ["&& a", 0],
    ["a }}", 2],
    ["(".repeat(500), 51],
  ])("refuses %s", (text, offset) => {
    const problem = caught(() => parseExpression(text));

    expect(problem.code).toBe("expression-syntax");
    expect(problem.span.start).toBe(offset);
  });

  it("needs }} in a template, and stops behind it", () => {
    expect(parseExpression("${{ a }} b", 3, true).end).toBe(8);
    expect(caught(() => parseExpression("${{ a ", 3, true)).span.start).toBe(6);
  });
});

function caught(action: () => unknown): ExpressionProblem {
  try {
    action();
  } catch (error) {
    if (error instanceof ExpressionProblem) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
