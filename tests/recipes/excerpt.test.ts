/** Diagnostics as text. */
import { describe, expect, it } from "vitest";

import { renderDiagnostic, renderDiagnostics } from "../../recipes/index.ts";
import type { Diagnostic } from "../../schemas/index.ts";

function diagnostic(line: number, column: number, endColumn?: number): Diagnostic {
  const source = { file: "r.yaml", line, column, ...(endColumn === undefined ? {} : { endColumn }) };
  return { severity: "error", code: "unknown-key", summary: "unknown key", detail: "", source };
}

function lines(text: string, one: Diagnostic): readonly string[] {
  return renderDiagnostic(one, new Map([["r.yaml", text]])).split("\n");
}

describe("renderDiagnostic", () => {
  it("shows position, code, line, caret and hint", () => {
    const one = { ...diagnostic(2, 3, 6), detail: 'Did you mean "name"?' };

    expect(renderDiagnostic(one, new Map([["r.yaml", "a: 1\n  nam: x\n"]]))).toBe(
      'r.yaml:2:3: error: unknown key [unknown-key]\n  2 |   nam: x\n    |   ^^^\n  Did you mean "name"?',
    );
  });

  it("does without the text", () => {
    expect(renderDiagnostic(diagnostic(2, 3), new Map())).toBe("r.yaml:2:3: error: unknown key [unknown-key]");
    expect(lines("a", diagnostic(9, 1))).toHaveLength(1);
  });

  it.each([
    ["a tab", "\tx", 2, 3, " ^"],
    ["wide characters", "漢字: x", 5, 6, "      ^"],
    ["combining marks", "e\u0301: x", 5, 6, "   ^"],
    ["the end of the line", "abc", 4, undefined, "   ^"],
    ["a mark that ends behind the line", "abc", 2, 99, " ^^"],
  ])("puts the caret below its character after %s", (_, text, column, endColumn, mark) => {
    expect(lines(text, diagnostic(1, column, endColumn))[2]).toBe(`    | ${mark}`);
  });

  it("lets nothing through that steers the terminal", () => {
    const [head = "", line = ""] = lines("a\u001b[31m\u202e: x", { ...diagnostic(1, 1), summary: "x\u001b]0;y\u0007" });

    for (const char of ["\u001b", "\u0007", "\u202e"]) expect(head + line).not.toContain(char);
  });

  it("shows a piece of a long line, with the mark in it", () => {
    const text = `${"x".repeat(5000)}HERE${"y".repeat(5000)}`;
    const [, line = "", mark = ""] = lines(text, diagnostic(1, 5001, 5005));

    expect(line.length).toBeLessThan(120);
    expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("HERE");
  });
});

describe("renderDiagnostics", () => {
  it("counts at the end", () => {
    const warning: Diagnostic = { ...diagnostic(1, 1), severity: "warning" };

    expect(renderDiagnostics([], new Map())).toBe("");
    expect(renderDiagnostics([diagnostic(1, 1), diagnostic(2, 1), warning], new Map())).toMatch(
      /\n\n2 errors, 1 warning\n$/,
    );
  });
});
