import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { checkOutput, writeNewImages, type NewCopy } from "../../engine/new-image.ts";
import { copyOptions, createImage, readCopyOptions } from "../../engine/qemu-img.ts";

const env = process.env;
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-new-image-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A raw disk to be copied to a new qcow2 file. */
async function copyTo(name: string): Promise<NewCopy> {
  const filename = join(folder, "source");
  await writeFile(filename, new Uint8Array(1 << 20).fill(2));
  return { source: { filename, format: "raw" }, target: { path: join(folder, name), format: "qcow2" } };
}

test("a new file is written, and not over another without leave", async () => {
  const copy = await copyTo("out.qcow2");

  await writeNewImages([copy], false, { env });
  await expect(writeNewImages([copy], false, { env })).rejects.toMatchObject({ code: "output-exists" });
  await writeNewImages([copy], true, { env });

  expect((await readFile(copy.target.path)).subarray(0, 3).toString()).toBe("QFI");
});

test("of two new files none is there when the second cannot be written", async () => {
  const copies = [await copyTo("one.qcow2"), await copyTo("two.qcow2")];
  await rm(join(folder, "source"));
  await writeFile(join(folder, "source"), "no disk at all");
  const missing: NewCopy = {
    source: { filename: join(folder, "source"), format: "qcow2" },
    target: { path: join(folder, "two.qcow2"), format: "qcow2" },
  };

  await expect(writeNewImages([...copies.slice(0, 1), missing], false, { env })).rejects.toThrow(/qemu-img/u);

  expect(await readdir(folder)).toEqual(["source"]);
});

test("an output that is a link or folder is refused even with leave", async () => {
  await symlink("nowhere", join(folder, "l"));

  await expect(checkOutput(join(folder, "l"), true)).rejects.toMatchObject({ code: "output-kind" });
  await expect(checkOutput(folder, true)).rejects.toMatchObject({ code: "output-kind" });
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
