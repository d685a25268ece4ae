/** Image locks: exclusion, stale owners, and where the lock file goes. */
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { lockImage } from "../../engine/index.ts";
import { commandOf } from "../../engine/process-identity.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
const env = { HOME: folder };
afterAll(() => rmSync(folder, { recursive: true }));

function image(name: string): { path: string; lockFile: string } {
  const path = join(folder, name);
  writeFileSync(path, "x");
  return { path, lockFile: join(folder, `.${name}.gild-lock`) };
}

/** A lock file as another owner would have left it. */
async function leaveLock(name: string, change: Record<string, unknown>) {
  const made = image(name);
  const lock = await lockImage(made.path, { env });
  const owner: unknown = JSON.parse(readlinkSync(made.lockFile));
  await lock.release();
  symlinkSync(JSON.stringify({ ...(owner as object), ...change }), made.lockFile);
  return made;
}

test("keeps a second one out until it is released", async () => {
  const { path, lockFile } = image("a");

  const lock = await lockImage(path, { env });
  await expect(lockImage(path, { env })).rejects.toMatchObject({
    name: "ImageError",
    code: "locked",
    message: expect.stringContaining(
      `process ${process.pid} (${commandOf(process.pid)}) works on it already: is it given twice?`,
    ),
  });
  await lock.release();
  await lock.release();

  expect(readdirSync(folder)).toEqual(["a"]);
  await using again = await lockImage(path, { env });
  expect(again.file).toBe(lockFile);
});

test("of many at once exactly one gets it", async () => {
  const { path } = image("many");

  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockImage(path, { env })));

  expect(results.filter((result) => result.status === "fulfilled").length).toBe(1);
});

test("of many that find a stale one exactly one gets it, and nothing else stays", async () => {
  const { path } = await leaveLock("many-stale", { pid: 4_000_000 });

  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockImage(path, { env })));

  expect(results.filter((result) => result.status === "fulfilled").length).toBe(1);
  const names = readdirSync(folder).filter((name) => name.includes("many-stale"));
  expect(names).toEqual([".many-stale.gild-lock", "many-stale"]);
});

test.each([
  ["of a process that is gone", { pid: 4_000_000 }],
  ["of an earlier process with the same number", { startTime: "1" }],
  ["of an earlier boot", { bootId: "another" }],
])("takes over the lock %s", async (what, change) => {
  const { path } = await leaveLock(`stale-${what.length}`, change);

  await using lock = await lockImage(path, { env });

  expect(lstatSync(lock.file).isSymbolicLink()).toBe(true);
});

test.each([
  ["of another host", { host: "elsewhere", pid: 4_000_000 }],
  ["of another container", { pidNamespace: "pid:[1]", pid: 4_000_000 }],
  ["that cannot be understood", { pid: "x" }],
])("leaves the lock %s alone", async (what, change) => {
  const { path } = await leaveLock(`alive-${what.length}`, change);

  await expect(lockImage(path, { env })).rejects.toMatchObject({ code: "locked" });
});

test("a symbolic link and its target are one image", async () => {
  const { path } = image("target");
  const other = join(folder, "link");
  symlinkSync(path, other);

  await using lock = await lockImage(path, { env });

  expect(lock.file).toContain("target");
  await expect(lockImage(other, { env })).rejects.toMatchObject({ code: "locked" });
});

test("does not remove a lock that is not its own any more", async () => {
  const { path, lockFile } = image("stolen");
  const lock = await lockImage(path, { env });
  unlinkSync(lockFile);
  symlinkSync("other", lockFile);

  await lock.release();

  expect(readlinkSync(lockFile)).toBe("other");
});
