/** Secrets do not show themselves. */
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { Secret, joinText, reveal } from "../../schemas/index.ts";

const secret = new Secret("hunter2");

describe("Secret", () => {
  it.each<[string, () => string]>([
    ["as text", () => String(secret)],
    ["in JSON", () => JSON.stringify({ secret })],
    ["inspected", () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ["taken apart", () => JSON.stringify(Object.entries(secret))],
    ["in an error", () => new Error(String(secret)).message],
  ])("hides itself %s", (_, show) => {
    expect(show()).not.toContain("hunter2");
  });

  it("gives itself out when it is told to", () => {
    expect(reveal(secret)).toBe("hunter2");
  });

  it("makes what it is joined with a secret", () => {
    expect(joinText("a", secret)).toBeInstanceOf(Secret);
    expect(reveal(joinText("a", secret))).toBe("ahunter2");
    expect(joinText("a", "b")).toBe("ab");
  });
});
