import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { addShow } from "../../../cli/commands/show.ts";
import { encodePlan } from "../../../engine/saved-plan/document.ts";
import { smallPlan } from "../render/small-plan.ts";
import { runCommand } from "./collected-io.ts";

let folder = "";
let plan = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-show-"));
  plan = join(folder, "web.plan");
  const seen = { dev: "1", ino: "2", size: "3", mtimeNs: "4", ctimeNs: "5" };
  const text = encodePlan({
    kind: "gild saved plan",
    formatVersion: 1,
    gild: "1.2.3",
    folder,
    images: [{ path: join(folder, "web.qcow2"), format: "qcow2", kind: "file", seen, sha256: "c".repeat(64) }],
    inputs: [{ kind: "recipe", path: join(folder, "web.yaml"), sha256: "e".repeat(64) }],
    plan: smallPlan,
  });
  await writeFile(plan, text);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const show = async (...args: readonly string[]) => await runCommand(addShow, ["show", ...args]);

test("prints a plan as text, JSON and Markdown", async () => {
  expect((await show(plan)).out).toContain("~ /etc/hostname  content, 9 bytes -> 5 bytes\n    @@ -1 +1 @@\n");
  expect((await show(plan)).out).toContain("    (binary, sha256 aaaaaaaaaaaa -> bbbbbbbbbbbb)\n");
  expect(JSON.parse((await show(plan, "--json")).out)).toMatchObject({ kind: "gild saved plan", plan: smallPlan });
  expect((await show(plan, "--markdown")).out).toMatch(/^### gild plan\n/u);
  await expect(show(plan, "--markdown", "--json")).rejects.toThrow("--markdown: not with --json");
});

test("writes a page, again over an older one, and over nothing else", async () => {
  const page = join(folder, "web.html");
  await writeFile(join(folder, "disk.raw"), "an image");

  expect((await show(plan, "--html", page)).out).toBe(`Written: ${page}\n`);
  await show(plan, "--html", page);

  expect(await readFile(page, "utf8")).toMatch(/^<!doctype html>\n.*sha256 cccccccccccc/su);
  await expect(show(plan, "--html", join(folder, "disk.raw"))).rejects.toThrow("no page that gild has written");
  await expect(show(plan, "--html", plan)).rejects.toThrow("no page that gild has written");
  await expect(show(plan, "--html", folder)).rejects.toThrow("no page that gild has written");
  expect(await readFile(join(folder, "disk.raw"), "utf8")).toBe("an image");
  expect((await readdir(folder)).toSorted()).toEqual(["disk.raw", "web.html", "web.plan"]);
});

test("refuses a plan that was changed after it was written", async () => {
  await writeFile(plan, (await readFile(plan, "utf8")).replace("+web1", "+web2"));

  await expect(show(plan, "--html", join(folder, "web.html"))).rejects.toMatchObject({ code: "plan-damaged" });
});
