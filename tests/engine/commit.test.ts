import { chmod, link, mkdtemp, readFile, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import {
  checkOutput,
  identify,
  removeLeftovers,
  replaceImage,
  temporaryName,
  writeNewImage,
} from "../../engine/commit.ts";
import { createImage, readCopyOptions, copyOptions } from "../../engine/qemu-img.ts";

const env = process.env;
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-commit-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A raw image and a changed copy in place of an overlay. */
async function imageAndChange(): Promise<{ image: string; changed: string }> {
  const [image, changed] = [join(folder, "disk.img"), join(folder, "changed.img")];
  await writeFile(image, new Uint8Array(1 << 20).fill(1));
  await writeFile(changed, new Uint8Array(1 << 20).fill(2));
  return { image, changed };
}

test("an image is replaced as a whole; mode stays, nothing is left beside it", async () => {
  const { image, changed } = await imageAndChange();
  await chmod(image, 0o640);
  const seen = await identify(image);

  await replaceImage({ path: changed, format: "raw" }, { path: image, format: "raw" }, seen, { env });

  expect((await readFile(image))[0]).toBe(2);
  expect((await stat(image)).mode & 0o777).toBe(0o640);
  expect((await readdir(folder)).sort()).toEqual(["changed.img", "disk.img"]);
});

test("an image that another program changed meanwhile is left alone", async () => {
  const { image, changed } = await imageAndChange();
  const seen = await identify(image);
  await utimes(image, 1, 1);

  const replacing = replaceImage({ path: changed, format: "raw" }, { path: image, format: "raw" }, seen, { env });

  await expect(replacing).rejects.toMatchObject({ code: "image-changed" });
  expect((await readFile(image))[0]).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(["changed.img", "disk.img"]);
});

test("a copy that fails leaves the image and no temporary file", async () => {
  const { image } = await imageAndChange();
  const missing = { path: join(folder, "missing"), format: "raw" };

  await expect(replaceImage(missing, { path: image, format: "raw" }, await identify(image), { env })).rejects.toThrow(
    /qemu-img/u,
  );
  expect((await readFile(image))[0]).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(["changed.img", "disk.img"]);
});

test("an abort before the rename leaves the image", async () => {
  const { image, changed } = await imageAndChange();
  const signal = AbortSignal.abort(new Error("interrupted"));

  await expect(
    replaceImage({ path: changed, format: "raw" }, { path: image, format: "raw" }, await identify(image), {
      env,
      signal,
    }),
  ).rejects.toThrow("interrupted");
  expect((await readFile(image))[0]).toBe(1);
  expect(await readdir(folder)).toHaveLength(2);
});

test("a new file is written, and not over another without leave", async () => {
  const { changed } = await imageAndChange();
  const target = { path: join(folder, "out.qcow2"), format: "qcow2" as const };

  await writeNewImage({ path: changed, format: "raw" }, target, false, { env });
  await expect(writeNewImage({ path: changed, format: "raw" }, target, false, { env })).rejects.toMatchObject({
    code: "output-exists",
  });
  await writeNewImage({ path: changed, format: "raw" }, target, true, { env });

  expect((await readFile(target.path)).subarray(0, 3).toString()).toBe("QFI");
});

test("an output that is a link or folder is refused even with leave", async () => {
  await symlink("nowhere", join(folder, "l"));

  await expect(checkOutput(join(folder, "l"), true)).rejects.toMatchObject({ code: "output-kind" });
  await expect(checkOutput(folder, true)).rejects.toMatchObject({ code: "output-kind" });
});

test("leftovers of a killed run go, other files stay", async () => {
  const { image } = await imageAndChange();
  await writeFile(temporaryName(image, "overlay"), "");
  await writeFile(temporaryName(image, "new"), "");
  await writeFile(join(folder, ".disk.img.gild-notes"), "");
  await link(image, join(folder, ".disk.img.gild-new-xyz"));

  await removeLeftovers(image);

  expect((await readdir(folder)).sort()).toEqual([
    ".disk.img.gild-new-xyz",
    ".disk.img.gild-notes",
    "changed.img",
    "disk.img",
  ]);
});

test("a copy keeps the qcow2 options of its original", async () => {
  const path = join(folder, "q.qcow2");
  await writeFile(path, "");
  await createImage(path, "qcow2", 1n << 20n, { env });

  expect(await readCopyOptions(path, { env })).toEqual(
    expect.arrayContaining(["cluster_size=65536", "compat=1.1", "refcount_bits=16"]),
  );
  expect(
    copyOptions({ "cluster-size": 4096, "format-specific": { data: { compat: "0.10", "refcount-bits": 16 } } }),
  ).toEqual(["cluster_size=4096", "compat=0.10"]);
});
