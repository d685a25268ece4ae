/** The memory ring: the tests of all actions that need no block device, client and daemon in this process over real bytes. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, describe, expect, it } from "vitest";

import { createGuestfs, memoryTransport } from "../../engine/index.ts";
import { createDaemon, type MemoryDaemon } from "../../guestfsd/index.ts";
import { actions, families, type ActionTest, type AnyAction, type Family } from "../../schemas/index.ts";
import { buildNativeHelpers } from "../guestfsd/native-helpers.ts";
import { defineActionTests, type UntypedApi, type World } from "./run-action-tests.ts";

const AUGEAS = ["/usr/lib/x86_64-linux-gnu/libaugeas.so.0", "/usr/lib64/libaugeas.so.0"];

const helpers = buildNativeHelpers();
let daemon: MemoryDaemon | undefined;
const folders: string[] = [];

const world: World = {
  cannotRun(test) {
    if (test.applianceOnly !== undefined) return `appliance only: ${test.applianceOnly}`;
    if (test.init !== "none" && test.init !== "scratch") return "needs a block device";
    if (process.getuid?.() !== 0) return "needs root: the daemon changes its root directory";
    if (uses(test, "augeas") && !AUGEAS.some((path) => existsSync(path))) return "libaugeas not found";
    return undefined;
  },

  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), "gild-scratch-"));
    folders.push(folder);
    daemon = createDaemon({ sysroot: folder, ...helpers });
    const client = createGuestfs(memoryTransport(daemon));
    await client.launched();
    // Tests as data call actions by name.
    return client.g as unknown as UntypedApi;
  },
};

function uses(test: ActionTest, family: keyof typeof families): boolean {
  const members: Family = families[family];
  return test.calls.some(([name]) => Object.hasOwn(members, name));
}

afterEach(() => {
  daemon?.close();
  daemon = undefined;
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("actions in memory", () => {
  defineActionTests(world);
});

it("finds a test for every action that could run here", () => {
  const table: Readonly<Record<string, AnyAction>> = actions;
  const untested = Object.entries(table).filter(([, action]) => action.tests.length === 0);

  expect(untested.map(([name]) => name)).toEqual([]);
});
