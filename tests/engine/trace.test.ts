import { expect, test } from "vitest";

import { Redactor } from "../../engine/diff/redact.ts";
import { noteSecrets, shownArgs } from "../../engine/trace.ts";
import { Secret, bytesFromText, call, type PlannedAction } from "../../schemas/index.ts";

test("secret arguments are hidden, and remembered", () => {
  const redactor = new Redactor();
  const planned = call("internal_write", { path: "/f", content: new Secret("hunter22") });

  noteSecrets(planned, redactor);

  expect(shownArgs(planned, redactor)).toEqual({ path: "/f", content: "(secret)" });
  expect(redactor.hide("a hunter22 b")).toBe("a (secret) b");
  expect(redactor.isSecretPath("/f")).toBe(true);
});

test("numbers, lists and bytes have a JSON form", () => {
  const planned: PlannedAction = {
    action: "internal_write",
    args: {
      a: 5n,
      b: true,
      c: ["x"],
      d: bytesFromText("short\n"),
      e: new Uint8Array(3),
      f: undefined,
      g: "y".repeat(5000),
    },
  };

  const shown = shownArgs(planned, new Redactor());

  expect(shown).toMatchObject({ a: "5", b: true, c: ["x"], d: "short\n", e: { bytes: 3 } });
  expect("f" in shown).toBe(false);
  expect(String(shown["g"]).length).toBeLessThan(1100);
});

test("a private key in the content is hidden though nobody marked it", () => {
  const content = bytesFromText("-----BEGIN RSA PRIVATE KEY-----\nx\n");

  expect(shownArgs({ action: "internal_write", args: { content } }, new Redactor())).toEqual({ content: "(secret)" });
});

test("long content with a secret value is told without its digest", () => {
  const content = bytesFromText(`password=hunter22\n${"x".repeat(3000)}`);

  const shown = shownArgs({ action: "internal_write", args: { content } }, new Redactor([new Secret("hunter22")]));

  expect(shown["content"]).toEqual({ bytes: content.length });
});
