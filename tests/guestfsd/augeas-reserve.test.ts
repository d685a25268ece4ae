/** A handle of the reserve is told from a new one by nothing but its speed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { AugeasHandle } from "../../guestfsd/augeas-handle.ts";
import { AugeasReserve } from "../../guestfsd/augeas-reserve.ts";
import { createSysroot } from "../../guestfsd/sysroot.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-augeas-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FLAGS = 96;
const CONFIG = "# text\nPort 22\nPermitRootLogin yes\nMatch User a\n  X11Forwarding no\n";
const sysroot = createSysroot({ path: folder, standalone: true });
mkdirSync(join(folder, "etc/ssh"), { recursive: true });

/** The whole tree, with values; but for the time at which the file was written. */
function tree({ lib, aug }: AugeasHandle): string[] {
  const { paths } = lib.aug_match(aug, "//*[label() != 'mtime']");
  return paths.map((path) => `${path} = ${lib.aug_get(aug, path).value ?? "null"}`);
}

/** Edits the file with a handle; gives the trees on the way and the file. */
function edit(handle: AugeasHandle): unknown[] {
  writeFileSync(join(folder, "etc/ssh/sshd_config"), CONFIG);
  const { lib, aug } = handle;
  const trees = [tree(handle)];
  lib.aug_transform(aug, "Sshd.lns", "/etc/ssh/sshd_config", false);
  handle.load();
  trees.push(tree(handle));
  lib.aug_set(aug, "/files/etc/ssh/sshd_config/PermitRootLogin", "no");
  handle.save();
  trees.push(tree(handle));
  handle.close();
  return [...trees, readFileSync(join(folder, "etc/ssh/sshd_config"), "utf8")];
}

test("has the same tree and writes the same file as a new handle", () => {
  const reserve = new AugeasReserve(sysroot);
  const fresh = new AugeasHandle(sysroot, "/", FLAGS);
  const kept = reserve.take("/", FLAGS);

  const expected = edit(fresh);

  expect(kept).toBeDefined();
  expect(kept === undefined ? [] : edit(kept)).toEqual(expected);
  expect(expected.at(-1)).toContain("PermitRootLogin no");
  reserve.close();
});

test("is given for these flags and this root alone, and only while there are any", () => {
  const reserve = new AugeasReserve(sysroot);
  const taken = [reserve.take("/", 32), reserve.take("/sub", FLAGS)];
  const given = [reserve.take("/", FLAGS), reserve.take("/", FLAGS), reserve.take("/", FLAGS)];

  expect(taken).toEqual([undefined, undefined]);
  expect(given.map((handle) => handle !== undefined)).toEqual([true, true, false]);
  for (const handle of given) handle?.close();
});
