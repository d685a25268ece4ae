/** What goes wrong: a clear error with its line, the right exit code, and the image byte for byte as it was. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { killDescendantsNamed } from "./support/processes.ts";
import { gild, gildProgram, mustGild, mustRun, sha256File } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-bad-"));
/** A small image with an operating system that has nothing but its name: enough to be found and mounted. */
const image = join(folder, "small.qcow2");
let digest: string;

const MAKE_SMALL = `version: 1
disks:
  - size: 64M
    table: mbr
    partitions:
      - { tag: root, size: rest, filesystem: ext4, mount: / }
steps:
  - mkdir_p: { path: /etc }
  - write: { path: /etc/os-release, content: "ID=debian\\nVERSION_ID=12\\n" }
  - write: { path: /etc/hostname, content: "small\\n" }
`;

beforeAll(async () => {
  const recipe = writeRecipe("small", MAKE_SMALL);
  await mustGild(["apply", recipe, "-o", image, "-q"]);
  digest = await sha256File(image);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function writeRecipe(name: string, text: string): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text);
  return path;
}

const steps = (...lines: readonly string[]): string =>
  `version: 1\nsteps:\n${lines.map((line) => `  - ${line}\n`).join("")}`;

test.each([
  ["invalid YAML", "version: 1\nsteps: [", "invalid.yaml:2:"],
  ["an unknown key", "version: 1\nstep: []\n", "unknown.yaml:2:1"],
  ["a wrong type", steps("mkdir: { path: 7 }"), "wrong.yaml:3:"],
  ["a missing upload source", steps("upload: { source: none.txt, path: /x }"), "missing.yaml:3:"],
])("%s is refused with its place", async (name, text, place) => {
  const file = place.split(".")[0] ?? name;
  const recipe = writeRecipe(file, text);

  const { status, stderr } = await gild(["apply", recipe, "-a", image]);

  expect(status).toBe(3);
  expect(stderr).toContain(place);
  expect(await sha256File(image)).toBe(digest);
});

test("a file that is no disk image is refused", async () => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, "not a disk\n");
  const recipe = writeRecipe("touch", steps("touch: { path: /x }"));

  const { status, stderr } = await gild(["apply", recipe, "-a", file]);

  expect(status).toBe(1);
  expect(stderr).toContain(file);
  expect(await sha256File(file)).toBe(await sha256File(file));
});

test.each([
  ["backing file", ["-b", "/etc/passwd", "-F", "raw"]],
  ["data file", ["-o", "data_file=DATA,data_file_raw=on"]],
])("a qcow2 whose header names a %s is refused", async (what, options) => {
  const hostile = join(folder, `hostile-${what.replace(" ", "-")}.qcow2`);
  const args = options.map((option) => option.replace("DATA", join(folder, "data.raw")));
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", ...args, hostile, "16M"]);
  const recipe = writeRecipe("hostile", steps("touch: { path: /x }"));

  const { status, stderr } = await gild(["apply", recipe, "-a", hostile]);

  expect(status).toBe(1);
  expect(stderr).toMatch(/backing|another file/);
});

test("a disk too small for its layout is refused on the line of the layout", async () => {
  const blank = join(folder, "tiny.qcow2");
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", blank, "32M"]);
  const before = await sha256File(blank);
  const recipe = writeRecipe(
    "large",
    MAKE_SMALL.replace("size: rest", "size: 900M").replace("  - size: 64M\n    table", "  - table"),
  );

  const { status, stderr } = await gild(["apply", recipe, "-a", blank, "-q"]);

  expect(status).toBe(1);
  expect(stderr).toMatch(/large\.yaml:\d+:\d+/);
  expect(await sha256File(blank)).toBe(before);
});

test("a guest without an operating system is refused", async () => {
  const blank = join(folder, "blank.qcow2");
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", blank, "32M"]);
  const recipe = writeRecipe("touch", steps("touch: { path: /x }"));

  const { status, stderr } = await gild(["apply", recipe, "-a", blank, "-q"]);

  expect(status).toBe(1);
  expect(stderr).toContain("no operating system");
});

test("a step that fails in the middle is named with its line, and nothing is written", async () => {
  const recipe = writeRecipe(
    "failing",
    steps("touch: { path: /first }", "rmdir: { path: /no/such }", "touch: { path: /last }"),
  );

  const { status, stderr } = await gild(["apply", recipe, "-a", image, "-q"]);

  expect(status).toBe(1);
  expect(stderr).toMatch(/failing\.yaml:4:\d+.*rmdir.*No such file or directory/s);
  expect(await sha256File(image)).toBe(digest);
  expect(readdirSync(folder).filter((name) => name.includes("small.qcow2"))).toEqual(["small.qcow2"]);
});

test("disks: a disk that has the layout converges; with another layout it is refused with the difference", async () => {
  const copy = join(folder, "layout.qcow2");
  await copyFile(image, copy);
  const same = await gild(["apply", join(folder, "small.yaml"), "-a", copy, "-q"]);

  expect(same.stdout).toMatch(/^Nothing to change\.$/m);
  expect(await sha256File(copy)).toBe(digest);

  const other = writeRecipe(
    "other",
    MAKE_SMALL.replace("filesystem: ext4", "filesystem: xfs").replace("table: mbr", "table: gpt"),
  );
  const { status, stderr } = await gild(["apply", other, "-a", copy, "-q"]);

  expect(status).toBe(1);
  expect(stderr).toMatch(/other\.yaml:\d+:\d+/);
  expect(stderr).toContain("an MBR on the disk, a GPT in the recipe");
  expect(await sha256File(copy)).toBe(digest);
});

test("the appliance killed in the middle is an error within seconds, and the image is as it was", async () => {
  const work = join(folder, "killed");
  mkdirSync(work);
  const recipe = writeRecipe(
    "killed",
    steps("touch: { path: /first }", "aug_init: { root: /, flags: 0 }", "touch: { path: /last }"),
  );

  const { status, stderr } = await runAndKillQemu(["apply", recipe, "-a", image], work);

  expect(status).toBe(1);
  expect(stderr).toMatch(/appliance ended/);
  expect(await sha256File(image)).toBe(digest);
  expect(readdirSync(work)).toEqual([]);
});

test("a full target disk is an error, and the image is as it was", async () => {
  const small = join(folder, "full");
  mkdirSync(small);
  await mustRun("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", small]);
  try {
    const copy = join(small, "small.qcow2");
    await copyFile(image, copy);
    const blob = join(folder, "blob");
    await mustRun("dd", ["if=/dev/urandom", `of=${blob}`, "bs=1M", "count=40", "status=none"]);
    const recipe = writeRecipe("full", steps("upload: { source: blob, path: /blob }"));

    const { status, stderr } = await gild(["apply", recipe, "-a", copy, "-q"]);

    expect(status).toBe(1);
    expect(stderr).toMatch(/space/i);
    expect(await sha256File(copy)).toBe(digest);
    expect(readdirSync(small)).toEqual(["small.qcow2"]);
  } finally {
    await mustRun("umount", [small]);
  }
});

test("a image that is open elsewhere is refused", async () => {
  const disk = join(folder, "open.img");
  writeFileSync(disk, "");
  truncateSync(disk, 1024 * 1024);
  const recipe = writeRecipe("touch", steps("touch: { path: /x }"));
  const holder = spawn("qemu-io", ["-f", "raw", disk], { stdio: ["pipe", "pipe", "ignore"] });
  try {
    // Its prompt: the file is open.
    await once(holder.stdout, "data");
    const { status, stderr } = await gild(["apply", recipe, "-a", disk, "-q"]);

    expect(status).toBe(1);
    expect(stderr).toMatch(/in use|lock/i);
  } finally {
    holder.kill("SIGKILL");
  }
});

/** Starts gild, waits until its steps run, and kills the qemu that is its child. */
async function runAndKillQemu(
  args: readonly string[],
  work: string,
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [gildProgram, ...args], {
    env: { ...process.env, GILD_TMPDIR: work },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  let killed = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (killed || !stderr.includes("step 1 of")) return;
    killed = true;
    killDescendantsNamed("qemu-system", child.pid ?? 0);
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, stderr };
}
