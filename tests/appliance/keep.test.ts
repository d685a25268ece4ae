/** A run that fails is kept, looked into, repaired by hand and gone on from; what does not fit is refused. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { gild, mustGild, sha256File } from "./support/program.ts";
import { isClean, makeTinyGuest, readGuestFile } from "./support/tiny-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-keep-"));
const [image, recipe] = [join(folder, "disk"), join(folder, "recipe.yaml")];
let before = "";
let kept = "";

const RECIPE = `version: 1
steps:
  - mkdir: /etc/first
  - write: { path: /etc/first/file, content: "first\\n" }
  - upload: { source: recipe.yaml, path: /etc/second/file }
  - write: { path: /etc/third, content: "third\\n" }
`;

beforeAll(async () => {
  await makeTinyGuest(image, "16M");
  before = await sha256File(image);
  writeFileSync(recipe, RECIPE);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const overlayOf = (note: string): string => `${note}.disk0.overlay`;
const names = (): string[] => readdirSync(folder).toSorted();

test("without --keep-on-failure nothing is left", async () => {
  const { status, stderr } = await gild(["apply", recipe, "-a", image, "--format", "raw", "-q"]);

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringContaining("recipe.yaml:5:5: step 3 (upload)"),
  });
  expect(names()).toEqual(["disk", "recipe.yaml"]);
});

test("with it the changes are kept for their owner alone, and the message says how to go on", async () => {
  const { status, stderr } = await gild(["apply", recipe, "-a", image, "--format", "raw", "-q", "--keep-on-failure"]);

  expect(status).toBe(1);
  kept = /^Kept: (.+)$/mu.exec(stderr)?.[1] ?? "";
  expect(stderr).toContain(`gild apply ${recipe} --overlay ${kept} --from-step 3`);
  expect(names()).toEqual([
    "disk",
    ...[kept, overlayOf(kept)].map((path) => path.slice(folder.length + 1)),
    "recipe.yaml",
  ]);
  for (const path of [kept, overlayOf(kept)]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await sha256File(image)).toBe(before);
});

test("the shell looks into it, and with --rw repairs it; the image stays", async () => {
  const shell = ["shell", "--overlay", kept, "-i"];

  expect(await mustGild([...shell, "cat", "/etc/first/file"])).toBe("first\n");
  await mustGild(["shell", "--overlay", kept], { stdin: "mount /dev/sda /\nmkdir /etc/thrown-away\n" });
  await mustGild([...shell, "--rw", "mkdir", "/etc/second"]);

  expect(await mustGild([...shell, "ls", "/etc"])).toMatch(/^first$[^]*^second$/mu);
  expect(await mustGild([...shell, "is-dir", "/etc/thrown-away"])).toBe("false\n");
  expect(await sha256File(image)).toBe(before);
});

test.each<readonly [string, readonly string[], string]>([
  ["a step that is not there", ["--from-step", "5"], "there is no step 5; the last is 4"],
  ["no number", ["--from-step", "last"], "want the number of a step"],
  ["an image besides", ["-a", image], "without -a"],
])("%s is refused", async (_, more, reason) => {
  const { status, stderr } = await gild(["plan", recipe, "--overlay", kept, ...more, "-q"]);

  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(reason) });
});

test("a step to begin with needs something to go on from", async () => {
  const { status, stderr } = await gild(["plan", recipe, "-a", image, "--from-step", "2"]);

  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("only with --overlay") });
});

test("the plan of the rest shows the changes of all steps, and keeps the kept", async () => {
  const text = await mustGild(["plan", recipe, "--overlay", kept, "--from-step", "3", "-q"]);

  for (const path of ["/etc/first/", "/etc/first/file", "/etc/second/", "/etc/second/file", "/etc/third"])
    expect(text).toContain(`+ ${path} `);
  expect(text).not.toContain("line 3");
  expect(names()).toHaveLength(4);
});

test("the rest is applied, with all that was kept, which is not needed any more", async () => {
  const text = await mustGild(["apply", recipe, "--overlay", kept, "--from-step", "3", "-q"]);

  expect(text).toContain(`Written: ${image}`);
  expect(names()).toEqual(["disk", "recipe.yaml"]);
  expect(await isClean(image)).toBe(true);
  const contents = { "/etc/first/file": "first\n", "/etc/second/file": RECIPE, "/etc/third": "third\n" };
  for (const [path, content] of Object.entries(contents)) {
    expect((await readGuestFile(image, path))?.toString()).toBe(content);
  }
});

test("a new disk is not kept, which is said", async () => {
  const disks =
    "disks: [{ size: 64M, table: gpt, partitions: [{ tag: root, size: rest, filesystem: ext4, mount: / }] }]";
  writeFileSync(recipe, `version: 1\n${disks}\nsteps:\n  - upload: { source: recipe.yaml, path: /missing/file }\n`);

  const { status, stderr } = await gild(["apply", recipe, "-o", join(folder, "new"), "--keep-on-failure", "-q"]);

  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("Nothing was kept") });
  expect(names()).toEqual(["disk", "recipe.yaml"]);
});
