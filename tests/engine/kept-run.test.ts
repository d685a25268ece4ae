/** Failed runs that are kept, without a VM: qemu-io stands for the run. */
import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

import { blockNode } from "../../engine/drive.ts";
import { readKeptRun, removeKeptRun } from "../../engine/kept-run.ts";
import { createOverlay } from "../../engine/overlay.ts";
import { openWork } from "../../engine/work.ts";
import { checkQcow2, fileDigest, guestDigest, makeImage } from "./commit-fixture.ts";
import { planDocument } from "./plan-fixture.ts";

const execute = promisify(execFile);
const env = process.env;
let folder = "";
let images: string[] = [];
let kept = "";

/** Two disks and a run that writes to both and is kept. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-kept-"));
  images = [join(folder, "a"), join(folder, "b")];
  for (const image of images) await makeImage(image, "qcow2");
  const work = await openWork({ images: images.map((path) => ({ path })), end: { kind: "commit" }, env });
  try {
    for (const drive of work.drives) {
      await execute("qemu-io", ["-c", "write -P 5 1M 64k", `json:${JSON.stringify(blockNode(drive))}`]);
    }
    kept = (await work.keep(true)) ?? "";
  } finally {
    await work.dispose();
  }
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function expectedGuest(): Promise<string> {
  const path = join(folder, "expected");
  await makeImage(path, "qcow2");
  for (const write of ["write -P 5 1M 64k", "write -P 6 2M 64k"])
    await execute("qemu-io", ["-f", "qcow2", "-c", write, path]);
  return await guestDigest(path, "qcow2");
}

test("overlays and note are for their owner alone, and nothing else is left", async () => {
  const files = (await readdir(folder)).sort().slice(1);

  expect(files).toEqual([
    expect.stringMatching(/^a\.kept-[0-9a-f]{6}$/u),
    `${files[0]}.disk0.overlay`,
    `${files[0]}.disk1.overlay`,
    "b",
  ]);
  for (const file of files.slice(0, 3)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
});

test("another run goes on from it, and the kept one stays until it is removed", async () => {
  const run = await readKeptRun(kept);
  const work = await openWork({ images: run.images, end: { kind: "commit" }, env });
  try {
    expect(work.resumed).toBe(true);
    for (const drive of work.drives) {
      await execute("qemu-io", ["-c", "write -P 6 2M 64k", `json:${JSON.stringify(blockNode(drive))}`]);
    }
    await work.finish(true, planDocument(images));
  } finally {
    await work.dispose();
  }

  for (const image of images) {
    expect(await guestDigest(image, "qcow2")).toBe(await expectedGuest());
    await checkQcow2(image);
    await rm(join(folder, "expected"));
  }
  expect(run.unseen).toBe(true);
  await removeKeptRun(kept, run);
  expect((await readdir(folder)).sort()).toEqual(["a", "b"]);
});

test("a scratch overlay over it shows what was kept", async () => {
  const run = await readKeptRun(kept);
  const [{ path: filename, format, overlay } = { path: "", format: "raw" as const, overlay: "" }] = run.images;
  const scratch = {
    filename: join(folder, "scratch"),
    format: "qcow2" as const,
    backing: { filename, format, overlay },
  };

  await createOverlay({ path: scratch.filename, backing: scratch.backing, env });

  const node = `json:${JSON.stringify(blockNode(scratch))}`;
  expect((await execute("qemu-io", ["-c", "read -P 5 1M 64k", node])).stdout).not.toContain("verification failed");
});

test.each<readonly [string, () => Promise<void>, string]>([
  ["an image that changed since", async () => await appendFile(images[1] ?? "", Buffer.alloc(512)), "image-changed"],
  ["an image that is gone", async () => await rm(images[1] ?? ""), "image-changed"],
  ["no JSON", async () => await writeFile(kept, "{"), "kept-damaged"],
  ["other JSON", async () => await writeFile(kept, '{"kind": "other"}'), "kept-damaged"],
  ["an overlay elsewhere", async () => await replaceInNote(/"overlay": "/u, '"overlay": "../'), "kept-damaged"],
  ["an unknown format", async () => await replaceInNote('"qcow2"', '"vmdk"'), "kept-damaged"],
  ["an overlay that is gone", async () => await rm(`${kept}.disk0.overlay`), "overlay-damaged"],
  [
    "an overlay that names another file",
    async () => {
      await rm(`${kept}.disk0.overlay`);
      const backed = ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd", `${kept}.disk0.overlay`];
      await execute("qemu-img", backed);
    },
    "overlay-damaged",
  ],
])("%s is refused", async (_, change, code) => {
  await change();
  const before = await Promise.all(images.map(async (path) => await fileDigest(path).catch(() => "")));

  await expect(readKeptRun(kept)).rejects.toMatchObject({ name: "RunError", code });

  expect(await Promise.all(images.map(async (path) => await fileDigest(path).catch(() => "")))).toEqual(before);
});

async function replaceInNote(from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(kept, "utf8");
  expect(text.replace(from, to)).not.toBe(text);
  await writeFile(kept, text.replace(from, to));
}
