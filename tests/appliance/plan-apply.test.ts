/** A second recipe on the golden image: the plan is true and touches nothing, the change is the plan, and again is nothing. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
const saved = join(folder, "web.plan");
const page = join(folder, "web.html");
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

  const reports = ["--json", "-o", saved, "--html", page];
  const { status, stdout, stderr } = await gild(["plan", recipe, "-a", image, "-q", "--detailed-exitcode", ...reports]);

  expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
  expect(await state()).toEqual(untouched);
  planned = read(stdout);
  expect(planned.converged).toBe(false);
});

test("no secret is in the plan, its page or its comment", async () => {
  const texts = [JSON.stringify(planned), readFileSync(page, "utf8"), await mustGild(["show", saved, "--markdown"])];

  for (const text of texts) expect(text).not.toContain("only-a-demo");
  expect(texts[1]).toContain("<h2>Made from</h2>");
  expect(planned.plan.diff.files.find(({ path }) => path === "/etc/shadow")).toMatchObject({ secret: true });
});

test("a plan is written into a copy elsewhere when one of the signers has signed it, and not before", async () => {
  const [key, signers, copy] = [join(folder, "key"), join(folder, "allowed_signers"), join(folder, "copy.qcow2")];
  await copyFile(image, copy);
  await mustRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
  writeFileSync(signers, `reviewer@example.org namespaces="gild-plan" ${readFileSync(`${key}.pub`, "utf8")}`);

  const unsigned = await gild(["apply", saved, "--signers", signers, "-a", copy]);
  await mustRun("ssh-keygen", ["-q", "-Y", "sign", "-n", "gild-plan", "-f", key, saved]);
  const signed = await gild(["apply", saved, "--signers", signers, "-a", copy]);

  expect({ ...unsigned, stderr: "" }).toEqual({ status: 1, stdout: "", stderr: "" });
  expect(unsigned.stderr).toContain("the plan is not signed");
  expect(signed).toEqual({
    status: 0,
    stdout: `Signed by reviewer@example.org.\n2 files added, 6 files changed\nWritten: ${copy}\n`,
    stderr: "",
  });
  rmSync(copy);
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

test("a plan of the image as it was is stale: exit code 4, and nothing is written", async () => {
  const untouched = await state();

  const { status, stderr } = await gild(["apply", saved]);

  expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringContaining("the image changed") });
  expect(await state()).toEqual(untouched);
});

test("an invalid recipe is exit code 3, and what cannot be done is 1", async () => {
  const invalid = join(folder, "invalid.yaml");
  writeFileSync(invalid, "version: 1\nsteps:\n  - hostnam: web1\n");

  const codes = [
    ["plan", invalid, "-a", image],
    ["apply", invalid, "-a", image],
    ["plan", recipe, "-a", `${image}.none`],
  ];
  const statuses: (number | null)[] = [];
  for (const args of codes) statuses.push((await gild(args)).status);

  expect(statuses).toEqual([3, 3, 1]);
});

test("a second apply finds nothing to change and writes not one byte", async () => {
  const untouched = await state();

  const { status, stdout } = await gild(["apply", recipe, "-a", image, "-q"]);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Nothing to change\.$/m);
  expect(await state()).toEqual(untouched);
});

test("plan, too: exit code 0 where there is nothing to change", async () => {
  const { status, stdout } = await gild(["plan", recipe, "-a", image, "-q", "--detailed-exitcode"]);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Nothing to change\.$/m);
});
