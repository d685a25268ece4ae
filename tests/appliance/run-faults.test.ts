/**
 * Real faults while `gild apply` runs a recipe: gild or qemu killed at random moments, no room for the overlay, errors of the file
 * under the guest's disk. After each the image is as it was, or it has all that the recipe says; nothing is left beside it.
 */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { killDescendantsNamed } from "./support/processes.ts";
import { gild, gildProgram, mustGild, mustRun, sha256File, projectFolder } from "./support/program.ts";
import { randomFrom } from "./support/random.ts";
import { isClean, makeTinyGuest, readGuestFile } from "./support/tiny-guest.ts";

const KILLS = 20;
const FILES = 12;
const FILE_SIZE = 300_000;
const work = mkdtempSync(join(tmpdir(), "gild-run-faults-"));
const original = join(work, "original");
const recipe = join(work, "recipe.yaml");
const hypervisor = join(projectFolder, "tests/appliance/support/faulty-qemu.sh");
const random = randomFrom(20_261_121);
const tally = new Map<string, number>();
let before = "";

beforeAll(async () => {
  await makeTinyGuest(original, "64M");
  before = await sha256File(original);
  const steps = names().map((name, at) => {
    const bytes = Buffer.alloc(
      FILE_SIZE,
      Uint8Array.from({ length: 251 }, () => random(256)),
    );
    writeFileSync(join(work, name), bytes);
    return `  - upload: { source: ${name}, path: /etc/${name}${at} }`;
  });
  writeFileSync(recipe, `version: 1\nsteps:\n${steps.join("\n")}\n`);
});

afterAll(() => {
  const lines = [...tally]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${String(times).padStart(5)}  ${what}`);
  process.stdout.write(`faults of a run, and what became of the image\n${lines.join("\n")}\n`);
  rmSync(work, { recursive: true });
});

const names = (): string[] => Array.from({ length: FILES }, (_, at) => `file${at}`);

/** The image in a folder of its own. */
function fresh(name: string, parent = work): string {
  const folder = join(parent, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  copyFileSync(original, join(folder, "disk"));
  return join(folder, "disk");
}

const applyArguments = (image: string): string[] => ["apply", recipe, "-a", image, "--format", "raw", "-q"];

async function stateOf(image: string): Promise<"absent" | "old" | "new" | "half-written"> {
  if (!existsSync(image)) return "absent";
  if ((await sha256File(image)) === before) return "old";
  if (!(await isClean(image))) return "half-written";
  for (const [at, name] of names().entries()) {
    const content = await readGuestFile(image, `/etc/${name}${at}`);
    if (content?.equals(readFileSync(join(work, name))) !== true) return "half-written";
  }
  return "new";
}

/** @param status of gild: what it says must be so; null: it was killed */
async function judge(image: string, fault: string, status: number | null): Promise<void> {
  const found = await stateOf(image);
  if (status === null) await mustGild(["recover", image]);
  const state = await stateOf(image);
  const left = readdirSync(join(image, "..")).filter((name) => name !== "disk");
  const allowed = status === null ? ["old", "new"] : [status === 0 ? "new" : "old"];
  if (found === "half-written" || !allowed.includes(state) || left.length > 0) {
    throw new Error(
      `${fault}: gild ended with ${status}, the image was ${found}, then ${state}; files: ${left.join(" ")}`,
    );
  }
  const key = `${fault}: ${status === null ? `${found}, recovered: ${state}` : `gild: ${status}, image: ${state}`}`;
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

/** Applies, and kills after so many milliseconds. @returns status of gild, null when it was killed itself */
async function applyAndKill(image: string, what: "gild" | "qemu", afterMs: number): Promise<number | null> {
  const child = spawn(process.execPath, [gildProgram, ...applyArguments(image)], { stdio: "ignore" });
  const timer = setTimeout(() => {
    if (what === "gild") child.kill("SIGKILL");
    else killDescendantsNamed("qemu", child.pid ?? 0);
  }, afterMs);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return status;
}

test("killed at random moments", async () => {
  const first = fresh("killed");
  const begin = performance.now();
  await mustGild(applyArguments(first));
  const lastsMs = performance.now() - begin;
  expect(await stateOf(first)).toBe("new");
  for (let kill = 0; kill < KILLS; kill += 1) {
    const what = kill % 2 === 0 ? "gild" : "qemu";
    const image = fresh("killed");
    const status = await applyAndKill(image, what, lastsMs * (0.1 + (0.75 * random(1000)) / 1000));
    await judge(image, `${what} killed`, status);
  }

  expect([...tally.values()].reduce((sum, times) => sum + times, 0)).toBe(KILLS);
});

test("no room for the overlay", async () => {
  const mounted = join(work, "small");
  mkdirSync(mounted);
  await mustRun("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", mounted]);
  try {
    await mustRun("cp", ["--sparse=always", original, join(mounted, "disk")]);
    const big = join(work, "big");
    await mustRun("dd", ["if=/dev/urandom", `of=${big}`, "bs=1M", "count=40", "status=none"]);
    const recipeOfBig = join(work, "big.yaml");
    writeFileSync(recipeOfBig, "version: 1\nsteps:\n  - upload: { source: big, path: /etc/big }\n");

    const beside = await gild(["apply", recipeOfBig, "-a", join(mounted, "disk"), "--format", "raw", "-q"]);
    await judge(join(mounted, "disk"), "no room beside the image", beside.status);
    const elsewhere = await gild(["plan", recipeOfBig, "-a", original, "--format", "raw", "-q"], {
      env: { GILD_TMPDIR: mounted },
    });

    for (const { status, stderr } of [beside, elsewhere]) {
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("no space left") });
    }
    expect(readdirSync(mounted)).toEqual(["disk"]);
  } finally {
    await mustRun("umount", [mounted]);
  }
});

/** Places in the overlay, bytes: in its first clusters, and in files that the kernel writes late, without telling a program. */
test.each([300_000, 2_500_000])("the overlay's file cannot be written at %i", async (place) => {
  const image = fresh("faulty");
  const rule = { event: "none", iotype: "write", sector: place >> 9, errno: 5, once: false };
  const fault = JSON.stringify({ "inject-error": [rule] }).slice(1, -1);

  const { status, stderr } = await gild(applyArguments(image), {
    env: { GILD_HV: hypervisor, GILD_TEMPLATE: "0", FAULT: fault },
  });

  await judge(image, "EIO", status);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("gild: ") });
});
