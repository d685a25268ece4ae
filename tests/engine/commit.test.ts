import { execFile } from "node:child_process";
import { appendFile, chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { commitImages, type CommitDisk } from "../../engine/commit.ts";
import { identify } from "../../engine/file-identity.ts";
import { createHostFiles, type HostFiles } from "../../engine/host-files.ts";
import { checkQcow2, fileDigest, guestDigest, makeImage, makeOverlay, type Format } from "./commit-fixture.ts";

const execute = promisify(execFile);
const env = process.env;
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-commit-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const names = async (): Promise<string[]> => (await readdir(folder)).sort();

/** The same disk changed by qemu alone: what every commit must come to. */
async function expectedGuest(format: Format): Promise<string> {
  const path = join(folder, "expected");
  await makeImage(path, format);
  for (const write of ["write -P 2 64k 100k", "write -P 3 2M 300k", "write -z 512k 256k"]) {
    await execute("qemu-io", ["-f", format, "-c", write, path]);
  }
  const digest = await guestDigest(path, format);
  await rm(path);
  return digest;
}

/** As a filesystem that can clone: a plain copy is as good for everything but time. */
const cloning: HostFiles = {
  ...createHostFiles(env),
  clone: async (from, to) => {
    await execute("cp", ["--preserve=all", from, to]);
    return true;
  },
};
const ways: Readonly<Record<string, HostFiles>> = { "in place": { ...cloning, clone: async () => false }, cloning };

describe.each(Object.entries(ways))("%s", (_, files) => {
  test.each(["raw", "qcow2"] as const)("%s: the guest sees what it wrote, and nothing is left", async (format) => {
    const image = join(folder, "disk");
    await makeImage(image, format);
    await chmod(image, 0o640);
    const disk = await makeOverlay(image, format);

    await commitImages([disk], { env, files });

    expect(await guestDigest(image, format)).toBe(await expectedGuest(format));
    if (format === "qcow2") await checkQcow2(image);
    expect((await stat(image)).mode & 0o777).toBe(0o640);
    expect(await names()).toEqual(["disk"]);
  });

  test("two images are committed together", async () => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    await makeImage(a, "raw");
    await makeImage(b, "qcow2");
    const disks = [await makeOverlay(a, "raw"), await makeOverlay(b, "qcow2")];

    await commitImages(disks, { env, files });

    expect(await guestDigest(a, "raw")).toBe(await expectedGuest("raw"));
    expect(await guestDigest(b, "qcow2")).toBe(await expectedGuest("qcow2"));
    await checkQcow2(b);
    expect(await names()).toEqual(["a", "b"]);
  });

  test("an image that another program changed meanwhile is left alone, and so is its neighbour", async () => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    for (const path of [a, b]) await makeImage(path, "raw");
    const disks = [await makeOverlay(a, "raw"), await makeOverlay(b, "raw")];
    await appendFile(b, Buffer.alloc(512));
    const before = [await fileDigest(a), await fileDigest(b)];

    await expect(commitImages(disks, { env, files })).rejects.toMatchObject({ code: "image-changed" });

    expect([await fileDigest(a), await fileDigest(b)]).toEqual(before);
    expect((await names()).filter((name) => !name.includes("overlay"))).toEqual(["a", "b"]);
  });

  test("an abort before the record leaves the image", async () => {
    const image = join(folder, "disk");
    await makeImage(image, "raw");
    const disk = await makeOverlay(image, "raw");
    const before = await identify(image);
    const signal = AbortSignal.abort(new Error("interrupted"));

    await expect(commitImages([disk], { env, files, signal })).rejects.toThrow("interrupted");

    expect(await identify(image)).toEqual(before);
    expect((await names()).filter((name) => !name.includes("overlay"))).toEqual(["disk"]);
  });

  test("an image that a VM uses is refused, and the program is named", async () => {
    const image = join(folder, "disk");
    await makeImage(image, "raw");
    const disk = await makeOverlay(image, "raw");
    const before = await fileDigest(image);
    const vm = execFile("qemu-io", ["-f", "raw", image]);
    try {
      await new Promise((resolve) => vm.stdout?.once("data", resolve)); // its prompt: it is open

      await expect(commitImages([disk], { env, files })).rejects.toMatchObject({
        code: "in-use",
        message: expect.stringContaining(`process ${vm.pid} (qemu-io -f raw disk)`),
      });
    } finally {
      vm.kill("SIGKILL");
    }

    expect(await fileDigest(image)).toBe(before);
  });

  test("the backing file of a running VM is refused, and the program is named", async () => {
    const [image, top] = [join(folder, "disk"), join(folder, "top")];
    await makeImage(image, "raw");
    const disk = await makeOverlay(image, "raw");
    await execute("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", image, top]);
    const before = await fileDigest(image);
    const vm = execFile("qemu-io", ["-f", "qcow2", top]);
    try {
      await new Promise((resolve) => vm.stdout?.once("data", resolve));

      await expect(commitImages([disk], { env, files })).rejects.toMatchObject({
        code: "in-use",
        message: expect.stringContaining(`process ${vm.pid} (qemu-io -f qcow2 top)`),
      });
    } finally {
      vm.kill("SIGKILL");
    }

    expect(await fileDigest(image)).toBe(before);
  });

  test("internal snapshots and compressed clusters stay", async () => {
    const [source, image] = [join(folder, "source"), join(folder, "disk")];
    await makeImage(source, "qcow2");
    await execute("qemu-img", ["convert", "-c", "-O", "qcow2", source, image]);
    await execute("qemu-img", ["snapshot", "-c", "before", image]);
    const before = await guestDigest(image, "qcow2");
    const disk: CommitDisk = await makeOverlay(image, "qcow2");

    await commitImages([disk], { env, files });

    expect(await guestDigest(image, "qcow2")).toBe(await expectedGuest("qcow2"));
    await checkQcow2(image);
    await execute("qemu-img", ["snapshot", "-a", "before", image]);
    expect(await guestDigest(image, "qcow2")).toBe(before);
  });
});

test.each([
  ["small clusters", ["-o", "cluster_size=512"]],
  ["large clusters", ["-o", "cluster_size=2M"]],
  ["subclusters", ["-o", "extended_l2=on"]],
  ["version 2", ["-o", "compat=0.10"]],
  ["lazy reference counts", ["-o", "lazy_refcounts=on"]],
  ["preallocation", ["-o", "preallocation=metadata"]],
])("qcow2 with %s is written as qemu writes it", async (_, options) => {
  const image = join(folder, "disk");
  await makeImage(image, "qcow2", options);
  const disk = await makeOverlay(image, "qcow2");

  await commitImages([disk], { env });

  expect(await guestDigest(image, "qcow2")).toBe(await expectedGuest("qcow2"));
  await checkQcow2(image);
});

test("a record that cannot be written leaves the image", async () => {
  const image = join(folder, "disk");
  await makeImage(image, "qcow2");
  const disk = await makeOverlay(image, "qcow2");
  const before = await fileDigest(image);
  const failing: HostFiles = {
    ...createHostFiles(env),
    clone: async () => false,
    createFile: async () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC", syscall: "open" })),
  };

  await expect(commitImages([disk], { env, files: failing })).rejects.toMatchObject({ code: "no-space" });

  expect(await fileDigest(image)).toBe(before);
  expect((await names()).filter((name) => !name.includes("overlay"))).toEqual(["disk"]);
});
