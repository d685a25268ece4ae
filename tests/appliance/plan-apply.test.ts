/** A second recipe on the golden image: the plan is true and touches nothing, the change is the plan, and again is nothing. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { PlanDocument } from "../../schemas/index.ts";
import { goldenImage } from "./support/golden-image.ts";
import { gild, mustGild, mustRun, projectFolder, sha256File } from "./support/program.ts";
import { differences, walkImage, type Walked } from "./support/walk.ts";

const recipe = join(projectFolder, "examples", "web-tweaks", "recipe.yaml");
const folder = mkdtempSync(join(tmpdir(), "gild-plan-"));
const image = join(folder, "web.qcow2");
let before: ReadonlyMap<string, Walked>;

interface Result {
  readonly converged: boolean;
  readonly written: string | null;
  readonly plan: PlanDocument;
}

beforeAll(async () => {
  await copyFile(goldenImage, image);
  before = await walkImage(image, join(folder, "before.tar"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function state(): Promise<{ readonly digest: string; readonly mtime: bigint }> {
  return { digest: await sha256File(image), mtime: statSync(image, { bigint: true }).mtimeNs };
}

const read = (text: string): Result => JSON.parse(text) as Result; // gild's own output, checked by what is expected of it

let planned: Result;

test("plan touches nothing and says with its exit code that there is something to change", async () => {
  const untouched = await state();

  const { status, stdout, stderr } = await gild(["plan", recipe, "-a", image, "--json", "-q", "--detailed-exitcode"]);

  expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
  expect(await state()).toEqual(untouched);
  planned = read(stdout);
  expect(planned.converged).toBe(false);
});

test("no secret is in the plan", () => {
  const text = JSON.stringify(planned);

  expect(text).not.toContain("only-a-demo");
  expect(planned.plan.diff.files.find(({ path }) => path === "/etc/shadow")).toMatchObject({ secret: true });
});

test("apply changes what an independent walk finds changed, and the plan said just that", async () => {
  const applied = read(await mustGild(["apply", recipe, "-a", image, "--json", "-q"]));

  const walked = differences(before, await walkImage(image, join(folder, "after.tar")));

  const said = (change: string, result: Result): string[] =>
    result.plan.diff.files.flatMap((file) => (file.change === change ? [file.path] : [])).toSorted();
  for (const change of ["added", "removed", "changed"] as const) {
    expect(said(change, planned), `planned: ${change}`).toEqual(walked[change]);
    expect(said(change, applied), `applied: ${change}`).toEqual(walked[change]);
  }
  expect(walked.added).toContain("/srv/www/index.html");
  expect(walked.changed).toContain("/etc/hostname");
});

test("the image is sound, and the new state is in it", async () => {
  expect(await mustRun("qemu-img", ["check", "-f", "qcow2", image])).toContain("No errors were found");
  const { stdout } = await gild(["shell", "-a", image, "-i", "cat", "/etc/hostname"]);

  expect(stdout).toBe("web1\n");
});

test("a second apply finds nothing to change and writes not one byte", async () => {
  const untouched = await state();

  const { status, stdout } = await gild(["apply", recipe, "-a", image, "-q"]);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Nothing to change\.$/m);
  expect(await state()).toEqual(untouched);
});
