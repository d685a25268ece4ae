/** The cache of built artefacts: one build for many askers, and nothing half-built, whatever happens. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, it } from "vitest";

import { artefact, type ArtefactRequest } from "../../appliance/artefact.ts";

const KEY = "0123";
let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "gild-cache-"));
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

function request(text: string, change: Partial<ArtefactRequest> = {}): ArtefactRequest {
  const make = async (directory: string): Promise<void> => {
    await sleep(20);
    writeFileSync(join(directory, "content"), text);
  };
  return { parent, key: KEY, force: false, make, ...change };
}

function content(key = KEY): string {
  return readFileSync(join(parent, key, "content"), "utf8");
}

it("is built once by two that ask at the same time", async () => {
  const results = await Promise.all([artefact(request("one")), artefact(request("two"))]);

  expect(results.filter(({ built }) => built)).toHaveLength(1);
  expect(results.map(({ path }) => path)).toEqual([join(parent, KEY), join(parent, KEY)]);
  expect(["one", "two"]).toContain(content());
});

it("is readable for other users", async () => {
  const { path } = await artefact(request("x"));

  expect(statSync(path).mode & 0o777).toBe(0o755);
});

it("is replaced when forced", async () => {
  await artefact(request("old"));
  const unforced = await artefact(request("new"));
  const forced = await artefact(request("new", { force: true }));

  expect([unforced.built, forced.built]).toEqual([false, true]);
  expect(content()).toBe("new");
});

it("leaves nothing when building fails, and the next build works", async () => {
  const make = (directory: string): Promise<void> => {
    writeFileSync(join(directory, "content"), "half");
    return Promise.reject(new Error("make: no mirror"));
  };

  await expect(artefact(request("", { make }))).rejects.toThrow("make: no mirror");
  expect(readdirSync(parent)).toEqual([".lock"]);
  expect((await artefact(request("whole"))).built).toBe(true);
});

it("survives a build that is killed: the lock is free and its directory is removed", async () => {
  const module = fileURLToPath(new URL("../../appliance/artefact.ts", import.meta.url));
  const script = `import { artefact } from ${JSON.stringify(module)};
    import { writeFileSync } from "node:fs";
    const make = async (directory) => {
      writeFileSync(directory + "/content", "half");
      console.log("building");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    };
    await artefact({ parent: ${JSON.stringify(parent)}, key: "${KEY}", force: false, make });`;
  const file = join(parent, "..", `gild-killed-${process.pid}.mts`);
  writeFileSync(file, script);
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const leftover = readdirSync(parent).filter((name) => name.startsWith(".tmp-"));
  child.kill("SIGKILL");
  rmSync(file);

  const result = await artefact(request("whole"));

  expect(leftover).toHaveLength(1);
  expect(result.built).toBe(true);
  expect(content()).toBe("whole");
  expect(readdirSync(parent).sort()).toEqual([".lock", KEY]);
});

it("keeps the newest few", async () => {
  for (const [index, name] of ["a", "b", "c", "d", "e", "f"].entries()) {
    mkdirSync(join(parent, name));
    utimesSync(join(parent, name), index + 1, index + 1);
  }

  await artefact(request("x"));

  expect(readdirSync(parent).sort()).toEqual([".lock", KEY, "b", "c", "d", "e", "f"]);
  expect(existsSync(join(parent, "a"))).toBe(false);
});
