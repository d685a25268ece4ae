import { expect, test } from "vitest";

import { Redactor } from "../../../engine/diff/redact.ts";
import { Secret } from "../../../schemas/index.ts";

test.each([
  "/etc/shadow",
  "/etc/gshadow-",
  "/etc/ssh/ssh_host_ed25519_key",
  "/root/.ssh/id_rsa",
  "/etc/ssl/private/a.pem",
  "/srv/tls.key",
])("%s is secret by its place", (path) => {
  expect(new Redactor().isSecretPath(path)).toBe(true);
});

test.each(["/etc/passwd", "/etc/ssh/ssh_host_ed25519_key.pub", "/root/.ssh/id_rsa.pub", "/root/.ssh/authorized_keys"])(
  "%s is not",
  (path) => {
    expect(new Redactor().isSecretPath(path)).toBe(false);
  },
);

test("the longest value is replaced first, and lines of a long one too", () => {
  const redactor = new Redactor([new Secret("pass"), new Secret("password1"), new Secret("first-line-x\nsecond-line")]);

  expect(redactor.hide("a password1 b")).toBe("a (secret) b");
  expect(redactor.hide("second-line")).toBe("(secret)");
});

test("short values are left alone", () => {
  expect(new Redactor([new Secret("abc")]).hide("abcabc")).toBe("abcabc");
});
