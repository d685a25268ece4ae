import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, link, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

import { blockNode } from "../../engine/drive.ts";
import type { PlanDocument } from "../../schemas/index.ts";
import { openWork, type RunEnd, type Work } from "../../engine/work.ts";

const execute = promisify(execFile);
let folder = "";
let scratch = "";
let image = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-work-"));
  scratch = join(folder, "scratch");
  await mkdir(join(folder, "images"));
  image = join(folder, "images", "disk.qcow2");
  await execute("qemu-img", ["create", "-q", "-f", "qcow2", "-o", "cluster_size=4096", image, "4M"]);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const env = (): Record<string, string | undefined> => ({ ...process.env, GILD_TMPDIR: scratch });
const open = (end: RunEnd, path = image): ReturnType<typeof openWork> =>
  openWork({ images: [{ path }], end, env: env() });
const digest = async (path: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
const images = async (): Promise<string[]> => (await readdir(join(folder, "images"))).sort();

const plan: PlanDocument = {
  formatVersion: 1,
  images: [],
  guest: { os: "", distro: "", version: "", arch: "", packageManager: "" },
  steps: [],
  diff: { formatVersion: 1, blocks: [], files: [] },
};

/** Writes to the disk as a guest would. */
async function write(work: Work, pattern: string): Promise<void> {
  const [drive] = work.drives;
  if (drive === undefined) throw new Error("no drive");
  await execute("qemu-io", ["-c", `write -P ${pattern} 0 64k`, `json:${JSON.stringify(blockNode(drive))}`]);
}

async function info(path: string): Promise<Record<string, unknown>> {
  return JSON.parse((await execute("qemu-img", ["info", "--output=json", path])).stdout);
}

test("a plan works on a private overlay elsewhere and leaves nothing", async () => {
  const before = [await digest(image), (await stat(image)).mtimeMs];

  const work = await open({ kind: "discard" });
  const overlay = work.drives[0]?.overlay ?? "";
  await write(work, "7");

  expect((await stat(overlay)).mode & 0o777).toBe(0o600);
  expect(overlay.startsWith(scratch)).toBe(true);
  expect(work.bases).toMatchObject([{ filename: image, format: "qcow2", readonly: true }]);
  expect(await work.finish(true, plan)).toEqual([]);
  await work.dispose();
  expect(await readdir(scratch)).toEqual([]);
  expect([await digest(image), (await stat(image)).mtimeMs]).toEqual(before);
});

test("apply replaces the image, keeps its options and leaves nothing beside it", async () => {
  const alias = join(folder, "alias.qcow2");
  await symlink(image, alias);
  const before = await digest(image);

  const work = await open({ kind: "commit" }, alias);
  await write(work, "7");
  const written = await work.finish(true, plan);
  await work.dispose();

  expect(written).toEqual([image]);
  expect(await digest(image)).not.toBe(before);
  expect(await info(image)).toMatchObject({ format: "qcow2", "cluster-size": 4096, "virtual-size": 4 << 20 });
  expect((await info(image))["backing-filename"]).toBeUndefined();
  expect((await images()).filter((name) => !name.endsWith("-lock"))).toEqual(["disk.qcow2"]);
});

test("an apply that changed nothing does not touch the image", async () => {
  const before = [await digest(image), (await stat(image)).mtimeMs, (await stat(image)).ino];

  const work = await open({ kind: "commit" });
  await write(work, "7");
  expect(await work.finish(false, plan)).toEqual([]);
  await work.dispose();

  expect([await digest(image), (await stat(image)).mtimeMs, (await stat(image)).ino]).toEqual(before);
});

test("an output is a new file in the format asked for; the image stays", async () => {
  const before = await digest(image);
  const path = join(folder, "out.raw");

  const work = await open({ kind: "output", paths: [path], format: "raw" });
  await write(work, "7");
  expect(await work.finish(true, plan)).toEqual([path]);
  await work.dispose();

  expect((await readFile(path))[0]).toBe(7);
  expect((await stat(path)).size).toBe(4 << 20);
  expect(await digest(image)).toBe(before);
});

test("a new disk becomes the output when it is finished, and nothing when it is not", async () => {
  const path = join(folder, "new.qcow2");
  const create = [{ sizeBytes: 8n << 20n, format: "qcow2" as const }];

  const failed = await openWork({ images: [], create, end: { kind: "output", paths: [path] }, env: env() });
  await failed.dispose();
  expect((await readdir(folder)).filter((name) => name.includes("new"))).toEqual([]);

  const work = await openWork({ images: [], create, end: { kind: "output", paths: [path] }, env: env() });
  expect(work.bases).toEqual([]);
  expect(await work.finish(true, plan)).toEqual([path]);
  await work.dispose();
  expect(await info(path)).toMatchObject({ format: "qcow2", "virtual-size": 8 << 20 });
  expect((await stat(path)).mode & 0o777).toBe(0o666 & ~process.umask());
});

test("what cannot be replaced by a rename is refused before any work", async () => {
  await link(image, join(folder, "second-name"));

  await expect(open({ kind: "commit" })).rejects.toMatchObject({ code: "image-refused" });
  await (await open({ kind: "discard" })).dispose();
});

test("an existing output is refused before any work", async () => {
  const path = join(folder, "out.qcow2");
  await writeFile(path, "precious");

  await expect(open({ kind: "output", paths: [path] })).rejects.toMatchObject({ code: "output-exists" });
  expect(await readFile(path, "utf8")).toBe("precious");
});

test("without an image there must be a disk to make, and a name for it", async () => {
  await expect(openWork({ images: [], end: { kind: "discard" }, env: env() })).rejects.toMatchObject({
    code: "image-missing",
  });
  await expect(
    openWork({ images: [], create: [{ sizeBytes: 1n << 20n, format: "raw" }], end: { kind: "commit" }, env: env() }),
  ).rejects.toMatchObject({ code: "image-missing" });
});

test("the lock is given up when opening fails", async () => {
  await chmod(join(folder, "images"), 0o755);
  await expect(
    openWork({ images: [{ path: image }], end: { kind: "discard" }, env: { ...env(), GILD_TMPDIR: image } }),
  ).rejects.toThrow(/GILD_TMPDIR/u);

  await (await open({ kind: "discard" })).dispose();
});

const foreign = ["vmdk", "vdi", "vhdx"];

/** The image in another format, with 64 KiB of 0x11 at its beginning. */
async function convert(format: string): Promise<string> {
  const path = join(folder, "images", `disk.${format}`);
  await execute("qemu-io", ["-f", "qcow2", "-c", "write -P 0x11 0 64k", image]);
  await execute("qemu-img", ["convert", "-f", "qcow2", "-O", format, image, path]);
  return path;
}

test.each(foreign)("a plan with a %s leaves it as it is", async (format) => {
  const path = await convert(format);
  const before = [await digest(path), (await stat(path)).mtimeMs];

  const work = await open({ kind: "discard" }, path);
  await write(work, "0x22");
  await work.finish(true, plan);
  const kept = await work.keep(false);
  await work.dispose();

  expect(kept).toBeUndefined();
  expect(work.bases).toMatchObject([{ filename: path, format, readonly: true }]);
  expect([await digest(path), (await stat(path)).mtimeMs]).toEqual(before);
  expect(await readdir(scratch)).toEqual([]);
});

test.each(foreign)("a new image from a %s is a qcow2 with the changes", async (format) => {
  const path = await convert(format);
  const before = await digest(path);
  const made = join(folder, "made.qcow2");

  const work = await open({ kind: "output", paths: [made] }, path);
  await write(work, "0x22");
  await work.finish(true, plan);
  await work.dispose();

  expect(await info(made)).toMatchObject({ format: "qcow2", "virtual-size": 4 << 20 });
  await execute("qemu-io", ["-r", "-f", "qcow2", "-c", "read -P 0x22 0 64k", made]);
  expect(await digest(path)).toBe(before);
});

test.each(foreign)("a %s is not written: neither by apply nor by a saved plan", async (format) => {
  const path = await convert(format);
  const save: RunEnd = { kind: "save", path: join(folder, "plan.json"), gild: "0", inputs: [] };
  const before = await digest(path);

  for (const end of [{ kind: "commit" } as const, save]) {
    await expect(open(end, path)).rejects.toMatchObject({ name: "ImageError", code: "unsupported-format" });
  }

  expect(await digest(path)).toBe(before);
});
