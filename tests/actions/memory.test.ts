/** The memory ring: the tests of all actions that need no block device, client and daemon in this process over real bytes. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, describe } from "vitest";

import { createGuestfs, memoryTransport } from "../../engine/index.ts";
import { createDaemon, type MemoryDaemon } from "../../guestfsd/index.ts";
import { buildNativeHelpers } from "../guestfsd/native-helpers.ts";
import { defineActionTests, type World } from "./run-action-tests.ts";

const AUGEAS = ["/usr/lib/x86_64-linux-gnu/libaugeas.so.0", "/usr/lib64/libaugeas.so.0"];

const helpers = buildNativeHelpers();
let daemon: MemoryDaemon | undefined;
const folders: string[] = [];

const world: World = {
  suits: ({ init, applianceOnly }) => applianceOnly === undefined && (init === "none" || init === "scratch"),

  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), "gild-scratch-"));
    folders.push(folder);
    daemon = createDaemon({ sysroot: folder, ...helpers });
    const client = createGuestfs(memoryTransport(daemon));
    await client.launched();
    return { api: client.g, made: 0 };
  },
};

afterEach(() => {
  daemon?.close();
  daemon = undefined;
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root: the daemon changes its root directory"]),
  ...(AUGEAS.some((path) => existsSync(path)) ? [] : ["libaugeas"]),
];

describe.skipIf(missing.length > 0)(`actions in memory${missing.map((what) => `, needs ${what}`).join("")}`, () => {
  defineActionTests(world);
});
