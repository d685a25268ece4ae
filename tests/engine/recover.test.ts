/** Interrupted commits that recovery must look at twice; that it works at all is commit-crash.test.ts's matter. */
import { appendFile, mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { commitImages, type CommitDisk } from "../../engine/commit.ts";
import { createHostFiles, type HostFiles } from "../../engine/host-files.ts";
import { lockImage } from "../../engine/lock.ts";
import { findInterrupted, recoverPending } from "../../engine/recover.ts";
import { fileDigest, makeImage, makeOverlay } from "./commit-fixture.ts";

const env = process.env;
const real: HostFiles = { ...createHostFiles(env), clone: async () => false };
let folder = "";
let image = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-recover-"));
  image = join(folder, "disk");
  await makeImage(image, "raw");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const names = async (at = folder): Promise<string[]> => (await readdir(at)).sort();
const overlays = async (): Promise<string[]> => (await names()).filter((name) => name.includes("-overlay-"));

/** Fails at the first call of a function, or of its second argument's name, and at all that follow. */
function failingAt(what: "put aside" | "replay" | "put back"): HostFiles {
  const fail = async (): Promise<never> => Promise.reject(new Error("power failure"));
  if (what === "replay") {
    return {
      ...real,
      openFile: async (path) => {
        const file = await real.openFile(path);
        return path.endsWith("-committing") ? { ...file, write: fail } : file;
      },
    };
  }
  const suffix = what === "put aside" ? "-committing" : "/disk";
  return { ...real, rename: async (from, to) => (to.endsWith(suffix) ? await fail() : await real.rename(from, to)) };
}

async function interrupt(what: Parameters<typeof failingAt>[0], disks?: readonly CommitDisk[]): Promise<void> {
  const all = disks ?? [await makeOverlay(image, "raw")];
  await expect(commitImages(all, { env, files: failingAt(what) })).rejects.toMatchObject({ code: "commit-unfinished" });
}

test("interrupted commits of a folder are found", async () => {
  expect(await findInterrupted(folder, env)).toEqual([]);

  await interrupt("replay");

  expect(await findInterrupted(folder, env)).toEqual([image]);
});

test("nothing to recover leaves nothing behind, and an image that is not there is no error here", async () => {
  expect(await recoverPending(image, { env })).toBeUndefined();
  expect(await recoverPending(join(folder, "none"), { env })).toBeUndefined();

  expect(await names()).toEqual(["disk"]);
});

test.each(["put aside", "replay", "put back"] as const)("a commit that failed at %s is finished", async (what) => {
  await interrupt(what);

  expect(await recoverPending(image, { env })).toEqual({ images: [image], outcome: "finished" });

  expect(await names()).toEqual(["disk"]);
  expect(await recoverPending(image, { env })).toBeUndefined();
});

test("the folder may have been moved meanwhile", async () => {
  await interrupt("replay");
  const moved = `${folder}-moved`;
  await rename(folder, moved);
  try {
    await recoverPending(join(moved, "disk"), { env });

    expect(await names(moved)).toEqual(["disk"]);
  } finally {
    await rename(moved, folder);
  }
});

test("a damaged overlay is not replayed, and everything stays", async () => {
  await interrupt("replay");
  const [overlay = ""] = await overlays();
  const file = await open(join(folder, overlay), "r+");
  await file.write(Buffer.from([77]), 0, 1, 5 * 65536 + 100);
  await file.close();
  const before = await names();

  await expect(recoverPending(image, { env })).rejects.toMatchObject({ code: "overlay-damaged" });

  expect(await names()).toEqual(before);
});

test("a missing overlay is an error that names it", async () => {
  await interrupt("replay");
  const [overlay = ""] = await overlays();
  await rm(join(folder, overlay));

  await expect(recoverPending(image, { env })).rejects.toThrow(overlay);
});

test("a record that makes no sense is not guessed at", async () => {
  await interrupt("replay");
  await writeFile(join(folder, ".disk.gild-record"), "{}");

  await expect(recoverPending(image, { env })).rejects.toMatchObject({ code: "record-damaged" });
});

test("an image that was used since is kept; the change can be given up", async () => {
  await interrupt("put aside");
  await appendFile(image, Buffer.alloc(512));
  const used = await fileDigest(image);

  await expect(recoverPending(image, { env })).rejects.toMatchObject({ code: "image-changed" });
  expect(await recoverPending(image, { env, giveUp: true })).toEqual({ images: [image], outcome: "dropped" });

  expect(await fileDigest(image)).toBe(used);
  expect(await names()).toEqual(["disk"]);
});

test("what may be half-written cannot be given up", async () => {
  await interrupt("replay");
  const before = await names();

  await expect(recoverPending(image, { env, giveUp: true })).rejects.toMatchObject({ code: "image-refused" });

  expect(await names()).toEqual(before);
});

test("another file that took the name is not overwritten", async () => {
  for (const what of ["replay", "put back"] as const) {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await makeImage(image, "raw");
    await interrupt(what);
    await writeFile(image, "precious");

    await expect(recoverPending(image, { env })).rejects.toMatchObject({ code: "image-conflict" });
    await rm(image);
    await recoverPending(image, { env });

    expect(await names()).toEqual(["disk"]);
  }
});

test("a commit that another process is doing is left to it", async () => {
  await interrupt("replay");
  await using _ = await lockImage(image, { env });

  await expect(recoverPending(image, { env })).rejects.toMatchObject({ code: "locked" });
});

test("an image of a set waits for the folder that holds the record", async () => {
  const other = join(folder, "other");
  await mkdir(other);
  const second = join(other, "second");
  await makeImage(second, "raw");
  await interrupt("replay", [await makeOverlay(image, "raw"), await makeOverlay(second, "raw")]);
  const away = `${folder}-away`;
  await mkdir(away);
  for (const name of (await names()).filter((entry) => entry !== "other"))
    await rename(join(folder, name), join(away, name));

  await expect(recoverPending(second, { env })).rejects.toMatchObject({ code: "record-damaged" });
  for (const name of await names(away)) await rename(join(away, name), join(folder, name));
  await rm(away, { recursive: true });
  const recovery = await recoverPending(second, { env });

  expect(recovery).toEqual({ images: [image, second], outcome: "finished" });
  expect(await names()).toEqual(["disk", "other"]);
  expect(await names(other)).toEqual(["second"]);
});
