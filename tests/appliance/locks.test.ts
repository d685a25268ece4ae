/** An image that is in use is refused, whatever the command, before anything is started; who uses it is said. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { lockImage, packageInfo } from "../../engine/index.ts";
import { makeImage } from "../engine/commit-fixture.ts";
import { makePlan } from "../engine/plan-fixture.ts";
import { gild, mustRun, sha256File } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-locks-"));
const at = (name: string): string => join(folder, name);
const [image, top, recipe, plan] = [at("disk"), at("top"), at("recipe.yaml"), at("plan")];
let before = "";

beforeAll(async () => {
  await makeImage(image, "raw");
  writeFileSync(recipe, "version: 1\nsteps:\n  - mkdir: /srv\n");
  await makePlan({ path: plan, gild: packageInfo().version, images: [image], format: "raw" });
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", image, top]);
  before = await sha256File(image);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const writing: readonly (readonly string[])[] = [
  ["apply", recipe, "-a", image, "--format", "raw"],
  ["apply", plan],
  ["shell", "--rw", "-a", image, "--format", "raw", "list-devices"],
];
const reading: readonly (readonly string[])[] = [
  ["plan", recipe, "-a", image, "--format", "raw"],
  ["shell", "-a", image, "--format", "raw", "list-devices"],
  ["inspect", image, "--format", "raw"],
];

/** What commands end with, and the image afterwards. */
async function outcomes(commands: readonly (readonly string[])[]): Promise<unknown> {
  const results = [];
  for (const command of commands) {
    const { status, stderr } = await gild(command);
    results.push({ command, status, stderr });
  }
  return { results, image: await sha256File(image) };
}

function refused(commands: readonly (readonly string[])[], who: string): unknown {
  const stderr: unknown = expect.stringContaining(who);
  return { results: commands.map((command) => ({ command, status: 1, stderr })), image: before };
}

/** While qemu's block layer has a file open for writing. */
async function whileOpen(args: readonly string[], body: (pid: number) => Promise<void>): Promise<void> {
  const vm = spawn("qemu-io", args, { stdio: ["pipe", "pipe", "ignore"] });
  try {
    // Its prompt: the file is open.
    await new Promise((resolve, reject) => {
      vm.stdout.once("data", resolve);
      vm.once("error", reject);
    });
    await body(vm.pid ?? 0);
  } finally {
    vm.kill("SIGKILL");
  }
}

test("an image that a VM writes to is not read either", async () => {
  await whileOpen(["-f", "raw", image], async (pid) => {
    const commands = [...writing, ...reading];

    expect(await outcomes(commands)).toEqual(refused(commands, `is in use by process ${pid} (qemu-io -f raw disk)`));
  });
});

test("an image that is the backing file of a running VM is not written", async () => {
  await whileOpen(["-f", "qcow2", top], async (pid) => {
    expect(await outcomes(writing)).toEqual(refused(writing, `is in use by process ${pid} (qemu-io -f qcow2 top)`));
  });
});

test("an image that another gild works on is left to it", async () => {
  await using _ = await lockImage(image, { env: process.env });
  const commands = [...writing, reading[0] ?? []];

  expect(await outcomes(commands)).toEqual(refused(commands, `process ${process.pid} (`));
});
