/** Yara rules through the daemon: compiled ones, errors that say where, and a guest that leads out. Needs root. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import koffi from "koffi";
import { afterEach, beforeEach, expect, it } from "vitest";

import { loadYara } from "../../../guestfsd/native/yara.ts";
import { makeGuest, SECRET, type TestGuest } from "../guest.ts";

const RULES = `rule Secret { strings: $a = "secret of" condition: $a }
private rule Helper { condition: true }
rule Any { condition: Helper }
`;
let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
  writeFileSync(join(guest.root, "file"), SECRET);
});
afterEach(() => {
  guest.remove();
});

const scan = (path: string): string => Buffer.from(guest.call("internal_yara_scan", { path }).file ?? []).toString();

/** What `yarac` makes of rules. */
function compiled(source: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "gild-yara-"));
  const lib = loadYara();
  lib.yr_initialize();
  const compiler = lib.yr_compiler_create();
  try {
    writeFileSync(join(folder, "source"), source);
    const fd = openSync(join(folder, "source"), "r");
    expect(lib.yr_compiler_add_fd(compiler, fd)).toEqual([]);
    closeSync(fd);
    const rules = lib.yr_compiler_get_rules(compiler);
    const save: (rules: number | bigint, path: string) => number = koffi
      .load("libyara.so.9")
      .func("int yr_rules_save(uintptr_t rules, const char *path)");
    expect(save(rules, join(folder, "compiled"))).toBe(0);
    lib.yr_rules_destroy(rules);
    return readFileSync(join(folder, "compiled"));
  } finally {
    lib.yr_compiler_destroy(compiler);
    lib.yr_finalize();
    rmSync(folder, { recursive: true });
  }
}

it("takes rules that are compiled already", () => {
  expect(guest.call("yara_load", {}, compiled(RULES)).error).toBeUndefined();

  expect(scan("/file")).toMatch(/Secret.*Any/s);
});

it("refuses compiled rules that are cut off", () => {
  const rules = compiled(RULES);

  expect(guest.call("yara_load", {}, rules.subarray(0, rules.length / 2)).error).toBeDefined();
});

it("does not tell of private rules", () => {
  guest.call("yara_load", {}, RULES);

  expect(scan("/file")).not.toContain("Helper");
});

it("says on which line rules are wrong, and has none afterwards", () => {
  guest.call("yara_load", {}, RULES);

  const { error } = guest.call("yara_load", {}, "rule Fine { condition: true }\nrule Broken { condition: $none }\n");

  expect(error?.message).toContain("line 2: ");
  expect(guest.call("internal_yara_scan", { path: "/file" }).error?.message).toContain("no yara rules loaded");
});

it("scans nothing that a link leads to outside of the guest, and waits for no pipe", () => {
  guest.call("yara_load", {}, RULES);
  symlinkSync(join(guest.outside, "secret"), join(guest.root, "link"));
  guest.call("mkfifo", { mode: 0o644, path: "/fifo" });

  expect(guest.call("internal_yara_scan", { path: "/link" }).error?.errno).toBe("ENOENT");
  expect(guest.call("internal_yara_scan", { path: "/fifo" }).error?.errno).toBe("EINVAL");
});
