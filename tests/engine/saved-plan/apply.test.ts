/** Saved plans from their writing to their end, without a VM: qemu-io stands for the run. */
import { execFile } from "node:child_process";
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { applySavedPlan, type AppliedPlan, type ApplyPlanOptions } from "../../../engine/saved-plan/apply.ts";
import { encodePlan, isSavedPlan, readSavedPlan } from "../../../engine/saved-plan/document.ts";
import { signPlan } from "../../../engine/saved-plan/signature.ts";
import { openWork } from "../../../engine/work.ts";
import type { InputFile } from "../../../schemas/index.ts";
import { checkQcow2, fileDigest, guestDigest, makeImage, WRITES } from "../commit-fixture.ts";
import { makePlan as makeFixturePlan, planDocument } from "../plan-fixture.ts";

const execute = promisify(execFile);
const GILD = "1.2.3";
const env = process.env;
let work = "";
let folder = "";
let image = "";
let plan = "";

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "gild-saved-"));
  folder = join(work, "here");
  await mkdir(join(folder, "files"), { recursive: true });
  image = join(folder, "disk.qcow2");
  plan = join(folder, "web.plan");
  await makeImage(image, "qcow2");
  await writeFile(join(folder, "web.yaml"), "version: 1\n");
  await writeFile(join(folder, "motd"), "hello\n");
  await writeFile(join(folder, "files", "a"), "a\n");
});

afterEach(async () => {
  await rm(work, { recursive: true });
});

function inputs(): InputFile[] {
  return [
    { kind: "recipe", path: join(folder, "web.yaml") },
    { kind: "host-file", path: join(folder, "motd") },
    { kind: "host-folder", path: join(folder, "files") },
  ];
}

async function makePlan(images: readonly string[] = [image], changed = true): Promise<void> {
  await makeFixturePlan({ path: plan, gild: GILD, images, inputs: inputs(), changed });
}

async function applyPlan(more: Partial<ApplyPlanOptions> = {}): Promise<AppliedPlan> {
  return await applySavedPlan({ path: plan, gild: GILD, images: [], end: { kind: "commit" }, env, ...more });
}

async function expectedGuest(): Promise<string> {
  const path = join(work, "expected");
  await makeImage(path, "qcow2");
  for (const write of WRITES) await execute("qemu-io", ["-f", "qcow2", "-c", write, path]);
  return await guestDigest(path, "qcow2");
}

test("a plan touches nothing, is for its owner alone, and is what is applied", async () => {
  const before = await fileDigest(image);

  await makePlan();

  expect(await fileDigest(image)).toBe(before);
  expect((await readdir(folder)).sort()).toEqual([
    "disk.qcow2",
    "files",
    "motd",
    "web.plan",
    "web.plan.disk0.overlay",
    "web.yaml",
  ]);
  for (const name of ["web.plan", "web.plan.disk0.overlay"]) {
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  }
  expect(await isSavedPlan(plan)).toBe(true);
  expect(await isSavedPlan(join(folder, "web.yaml"))).toBe(false);

  expect(await applyPlan()).toMatchObject({ converged: false, written: [image], notes: [] });

  expect(await guestDigest(image, "qcow2")).toBe(await expectedGuest());
  await checkQcow2(image);
});

test("a plan is applied once", async () => {
  await makePlan();
  await applyPlan();
  const after = await fileDigest(image);

  await expect(applyPlan()).rejects.toMatchObject({ code: "plan-stale" });

  expect(await fileDigest(image)).toBe(after);
});

test("a plan may be applied to a new file", async () => {
  await makePlan();
  const before = await fileDigest(image);
  const path = join(folder, "new.qcow2");

  await applyPlan({ end: { kind: "output", paths: [path] } });

  expect(await guestDigest(path, "qcow2")).toBe(await expectedGuest());
  expect(await fileDigest(image)).toBe(before);
});

test("a plan without a change writes nothing", async () => {
  await makePlan([image], false);
  const before = await stat(image, { bigint: true });

  expect(await applyPlan()).toMatchObject({ converged: true, written: [] });

  expect((await stat(image, { bigint: true })).mtimeNs).toBe(before.mtimeNs);
  expect(await readdir(folder)).not.toContain("web.plan.disk0.overlay");
});

test("two images are planned and applied together", async () => {
  const second = join(folder, "second.qcow2");
  await makeImage(second, "qcow2");
  await makePlan([image, second]);

  await applyPlan();

  for (const path of [image, second]) expect(await guestDigest(path, "qcow2")).toBe(await expectedGuest());
});

test("an image whose status is unchanged is not read again; any other is", async () => {
  await makePlan();
  const { sha256: _, images: saved, ...rest } = await readSavedPlan(plan);
  await writeFile(plan, encodePlan({ ...rest, images: saved.map((one) => ({ ...one, sha256: "0".repeat(64) })) }));
  const { atime, mtime } = await stat(image);
  const other = join(work, "other");
  await cp(folder, other, { recursive: true });

  await utimes(join(other, "disk.qcow2"), atime, mtime);
  await expect(applyPlan({ path: join(other, "web.plan") })).rejects.toMatchObject({ code: "plan-stale" });

  expect(await applyPlan()).toMatchObject({ written: [image] });
});

describe("a plan travels", () => {
  test("with its folder", async () => {
    await makePlan();
    const moved = join(work, "there");
    await rename(folder, moved);

    const { written } = await applyPlan({ path: join(moved, "web.plan") });

    expect(written).toEqual([join(moved, "disk.qcow2")]);
    expect(await guestDigest(join(moved, "disk.qcow2"), "qcow2")).toBe(await expectedGuest());
  });

  test("as a copy: other inodes and times, the same content", async () => {
    await makePlan();
    const copy = join(work, "copy");
    await cp(folder, copy, { recursive: true });

    await applyPlan({ path: join(copy, "web.plan") });

    expect(await guestDigest(join(copy, "disk.qcow2"), "qcow2")).toBe(await expectedGuest());
  });

  test("to an image elsewhere, without the recipe, which is said", async () => {
    await makePlan();
    const other = join(work, "other");
    await mkdir(other);
    for (const name of ["web.plan", "web.plan.disk0.overlay"]) await rename(join(folder, name), join(other, name));
    await rename(image, join(other, "renamed.qcow2"));
    await rm(folder, { recursive: true });

    const applied = await applyPlan({ path: join(other, "web.plan"), images: [join(other, "renamed.qcow2")] });

    expect(applied.notes).toEqual([expect.stringContaining("web.yaml")]);
    expect(applied.written).toEqual([join(other, "renamed.qcow2")]);
  });
});

describe("is refused with what changed, and nothing is written:", () => {
  test.each<readonly [string, () => Promise<void>, string]>([
    ["another image", async () => await appendFile(image, Buffer.alloc(512)), "disk.qcow2: the image changed"],
    [
      "an image of the same size and times",
      async () => {
        const { atime, mtime } = await stat(image);
        await execute("qemu-io", ["-f", "qcow2", "-c", "write -P 9 0 512", image]);
        await utimes(image, atime, mtime);
      },
      "disk.qcow2: the image changed",
    ],
    ["another recipe", async () => await appendFile(join(folder, "web.yaml"), "#\n"), "web.yaml: the recipe changed"],
    ["another file", async () => await writeFile(join(folder, "motd"), "bye"), "motd: the host-file changed"],
    ["a missing file", async () => await rm(join(folder, "motd")), "motd: the host-file is gone"],
    ["a new file in a folder", async () => await writeFile(join(folder, "files", "b"), ""), "files: the host-folder"],
    ["another mode in a folder", async () => await chmod(join(folder, "files", "a"), 0o755), "files: the host-folder"],
  ])("%s", async (_, change, reason) => {
    await makePlan();
    await change();
    const before = await fileDigest(image);

    const applying = applyPlan();

    await expect(applying).rejects.toMatchObject({ code: "plan-stale", message: expect.stringContaining(reason) });
    expect(await fileDigest(image)).toBe(before);
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("another gild", async () => {
    await makePlan();

    await expect(applyPlan({ gild: "1.2.4" })).rejects.toMatchObject({ code: "plan-stale" });
  });

  test.each<readonly [string, () => Promise<void>]>([
    ["a word of the plan", async () => await replaceIn(plan, '"os": "linux"', '"os": "Linux"')],
    ["the digest of the image", async () => await replaceIn(plan, /"sha256": "./u, '"sha256": "0')],
    ["a member that is not known", async () => await replaceIn(plan, '"gild"', '"more": 1, "gild"')],
    ["a path as the overlay's file", async () => await replaceIn(plan, "web.plan.disk0.overlay", "../overlay")],
    ["no JSON", async () => await writeFile(plan, "{")],
    ["a byte of the overlay", async () => await replaceIn(overlayOf(), "\u0002".repeat(16), "\u0003".repeat(16))],
    ["a missing overlay", async () => await rm(overlayOf())],
  ])("%s", async (_, change) => {
    await makePlan();
    await change();
    const before = await fileDigest(image);

    await expect(applyPlan()).rejects.toMatchObject({ code: expect.stringMatching(/^(?:plan|overlay)-damaged$/u) });

    expect(await fileDigest(image)).toBe(before);
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

test("an input that is not any more what was read is found when the plan is saved", async () => {
  const read: InputFile = { kind: "recipe", path: join(folder, "web.yaml"), sha256: "0".repeat(64) };
  const end = { kind: "save" as const, path: plan, gild: GILD, inputs: [read] };
  const opened = await openWork({ images: [{ path: image }], end, env });
  try {
    await expect(opened.finish(true, planDocument([image]))).rejects.toMatchObject({ code: "input-changed" });
  } finally {
    await opened.dispose();
  }

  expect((await readdir(folder)).sort()).toEqual(["disk.qcow2", "files", "motd", "web.yaml"]);
});

describe("signatures", () => {
  let signers = "";

  beforeEach(async () => {
    const key = join(work, "key");
    await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
    signers = join(work, "signers");
    const [type = "", text = ""] = (await readFile(`${key}.pub`, "utf8")).split(" ");
    await writeFile(signers, `reviewer@example.org ${type} ${text.trim()}\n`);
    await makePlan();
  });

  test("a signed plan is applied, and who signed it is known", async () => {
    await signPlan(plan, join(work, "key"), env);

    expect(await applyPlan({ signers })).toMatchObject({ signer: "reviewer@example.org" });
  });

  test.each<readonly [string, () => Promise<void>]>([
    ["no signature", async () => undefined],
    [
      "a stranger's signature",
      async () => {
        await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(work, "stranger")]);
        await signPlan(plan, join(work, "stranger"), env);
      },
    ],
    [
      "a signature of an older plan",
      async () => {
        await signPlan(plan, join(work, "key"), env);
        await replaceIn(plan, '"os": "linux"', '"os": "linus"');
      },
    ],
    [
      "a signature made for something else",
      async () => {
        await execute("ssh-keygen", ["-Y", "sign", "-q", "-n", "file", "-f", join(work, "key"), plan]);
      },
    ],
  ])("%s is refused", async (_, prepare) => {
    await prepare();

    await expect(applyPlan({ signers })).rejects.toMatchObject({ code: "plan-signature" });
  });

  test("a plan written again has no signature", async () => {
    await signPlan(plan, join(work, "key"), env);
    await rm(plan);
    await makePlan();

    await expect(applyPlan({ signers })).rejects.toMatchObject({ code: "plan-signature" });
  });
});

test("a plan that was read is what was written", async () => {
  await makePlan();

  expect(await readSavedPlan(plan)).toMatchObject({ gild: GILD, folder, images: [{ path: image, format: "qcow2" }] });
});

const overlayOf = (): string => `${plan}.disk0.overlay`;

async function replaceIn(path: string, from: string | RegExp, to: string): Promise<void> {
  const before = await readFile(path, "latin1");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  await writeFile(path, after, "latin1");
}
