/** Temporary folders: what a killed process leaves is removed, what is not ours or still used is not. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { thisProcess } from "../../engine/process-identity.ts";
import { makeTemporaryFolder, sweepTemporaryFolders } from "../../engine/temporary-folder.ts";

const parent = mkdtempSync(join(tmpdir(), "gild-test-"));
afterAll(() => rmSync(parent, { recursive: true }));

test("removes what a dead process left, and nothing else", async () => {
  const mine = await makeTemporaryFolder(parent);
  const dead = await makeTemporaryFolder(parent);
  writeFileSync(join(dead, "owner.json"), JSON.stringify({ ...thisProcess(), startTime: "1" }));
  const unknown = join(parent, "gild-run-unknown");
  mkdirSync(unknown);

  await sweepTemporaryFolders(parent);

  expect([mine, dead, unknown].map((folder) => existsSync(folder))).toEqual([true, false, true]);
  expect(statSync(mine).mode & 0o777).toBe(0o700);
});

test("removes an old folder without a note only when it is empty", async () => {
  const [empty, full] = ["gild-run-empty", "gild-run-full"].map((name) => join(parent, name)) as [string, string];
  for (const folder of [empty, full]) mkdirSync(folder);
  writeFileSync(join(full, "work"), "");
  for (const folder of [empty, full]) utimesSync(folder, 1, 1);

  await sweepTemporaryFolders(parent);

  expect([existsSync(empty), existsSync(full)]).toEqual([false, true]);
});

test("a parent that cannot be read does no harm", async () => {
  await expect(sweepTemporaryFolders(join(parent, "none"))).resolves.toBeUndefined();
});
