/** Files that are none: pipes and devices of a hostile guest must neither block the daemon nor lead to the appliance's devices. Needs root. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeGuest, type TestGuest } from "./guest.ts";

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
  execFileSync("mkfifo", [join(guest.root, "pipe")]);
  execFileSync("mknod", [join(guest.root, "zero"), "c", "1", "5"]);
  mkdirSync(join(guest.root, "directory"));
});

afterEach(() => guest.remove());

describe.each(["/pipe", "/zero", "/directory"])("%s", (path) => {
  it.each([
    ["checksum", { csumtype: "md5", path }],
    ["is_zero", { path }],
    ["truncate", { path }],
    ["truncate_size", { path, size: 5n }],
  ])("is refused by %s", (action, args) => {
    expect(guest.call(action, args).error).toBeDefined();
  });
});

it.each(["internal_write", "internal_write_append"])("%s does not wait for a reader of a pipe", (action) => {
  expect(guest.call(action, { path: "/pipe", content: Buffer.from("x") }).error?.errno).toBe("ENXIO");
});

it("leaves files that are none out of checksums_out", () => {
  expect(Buffer.from(guest.call("checksums_out", { csumtype: "md5", directory: "/" }).file ?? []).length).toBe(0);
});
