/**
 * What the examples change, and convergence. Every example makes the change that its expected.diff.json tells (see
 * support/expected-diff.ts; `npx vitest run --project appliance tests/appliance/examples.test.ts -u` writes them anew); a second
 * apply of it writes not one byte, whatever its steps undo of one another. As every step of the catalogue is in an example, that is shown for each of them.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { copyFile, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { allSteps, loadRecipe } from "../../recipes/index.ts";
import type { PlanDocument } from "../../schemas/index.ts";
import { expectedDiff } from "./support/expected-diff.ts";
import { goldenImage, goldenPlan } from "./support/golden-image.ts";
import { mustGild, mustRun, projectFolder, sha256File } from "./support/program.ts";

interface Result {
  readonly converged: boolean;
  readonly plan: PlanDocument;
}

const examples = join(projectFolder, "examples");
const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, "recipe.yaml")));
const folder = mkdtempSync(join(tmpdir(), "gild-examples-"));
const image = join(folder, "image.qcow2");
const env = { ROOT_PASSWORD: "only-a-test" };
let rootfs = "";

beforeAll(async () => {
  rootfs = (await mustRun("npx", ["--no-install", "tsx", "examples/debian-root/build.ts", "--path"])).trim();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const varsOf = (name: string): Readonly<Record<string, string>> => (name === "debian-golden" ? { rootfs } : {});
const read = (text: string): Result => JSON.parse(text) as Result; // gild's own output, checked by what is expected of it

async function apply(recipe: string, ...args: readonly string[]): Promise<Result> {
  return read(await mustGild(["apply", recipe, "--json", "-q", ...args], { env }));
}

/** A second apply, and the image's bytes and time before and after it. */
async function expectConverged(recipe: string, ...args: readonly string[]): Promise<void> {
  const state = async () => ({ digest: await sha256File(image), mtime: statSync(image, { bigint: true }).mtimeNs });
  const before = await state();

  const again = await apply(recipe, "-a", image, ...args);

  expect(again.plan.diff).toEqual({ formatVersion: 1, blocks: [], files: [] });
  expect(again.converged).toBe(true);
  expect(await state()).toEqual(before);
}

describe("the example", () => {
  const isLayout = (recipe: string): boolean => /^disks:/mu.test(readFileSync(recipe, "utf8"));

  test.each(names)("%s changes what it is expected to, and then nothing", async (name) => {
    const recipe = join(examples, name, "recipe.yaml");
    const args = Object.entries(varsOf(name)).flatMap(([key, value]) => ["--var", `${key}=${value}`]);
    if (isLayout(recipe) && name !== "debian-golden") rmSync(image, { force: true });
    else await copyFile(goldenImage, image, constants.COPYFILE_FICLONE);

    const { plan } = await firstApply(name, recipe);

    await expect(expectedDiff(plan)).toMatchFileSnapshot(join(examples, name, "expected.diff.json"));
    await expectConverged(recipe, ...args);
  });

  /** The golden image is what its example has made. */
  async function firstApply(name: string, recipe: string): Promise<Result> {
    if (name === "debian-golden") return read(readFileSync(goldenPlan, "utf8"));
    return isLayout(recipe) ? await apply(recipe, "-o", image) : await apply(recipe, "-a", image);
  }
});

test("every step of the catalogue is in an example", async () => {
  const loaded = await Promise.all(
    names.map(async (name) => await loadRecipe(join(examples, name, "recipe.yaml"), { vars: varsOf(name), env })),
  );
  const used = new Set(loaded.flatMap(({ recipe }) => (recipe?.steps ?? []).map(({ name }) => name)));

  expect(
    allSteps()
      .map(({ name }) => name)
      .filter((name) => !used.has(name)),
  ).toEqual([]);
});
