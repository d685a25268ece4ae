/** A guest with rpm: its packages as libguestfs's own daemon lists them, in `gild inspect`, and in the difference of a plan. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { diffText } from "../../cli/render/diff.ts";
import { createStyle } from "../../cli/render/style.ts";
import { openGuestfs } from "../../engine/index.ts";
import type { PlanDocument, StructOf } from "../../schemas/index.ts";
import { buildRpms, eraseRpm, importKey, installRpms, updateRpms, writeBerkeley } from "../guestfsd/rpm-databases.ts";
import { debianAppliance } from "./support/debian-appliance.ts";
import { mustGild, mustRun, sha256File } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-rpm-"));
const image = join(folder, "fedora.img");
const before = join(folder, "before");
const after = join(folder, "after");
/** From one to the other. */
const CHANGES: readonly string[] = [
  "- package gild-gone 1~rc1-1 (noarch)",
  "+ package gild-kernel 6.2-1 (x86_64)",
  "~ package gild-tool 1:1.22.1-9.el9 -> 1:1.22.2-1.el9 (x86_64)",
];
const DATABASE = "/usr/lib/sysimage/rpm/rpmdb.sqlite";

/**
 * libguestfs's librpm takes its configuration, place of the database and its programs from the guest; Debian's, which it is
 * here, asks a shell for the place.
 */
function addConfiguration(tree: string): void {
  const to = join(tree, "usr/lib/rpm");
  mkdirSync(to, { recursive: true });
  for (const name of ["macros", "rpmrc"]) {
    const text = readFileSync(join("/usr/lib/rpm", name), "utf8");
    writeFileSync(join(to, name), text.replaceAll(/^%_dbpath.*$/gm, `%_dbpath ${dirname(DATABASE)}`));
  }
}

beforeAll(async () => {
  const [tool, toolNext, gone, kernel, kernelNext] = buildRpms(join(folder, "packages"), [
    { name: "gild-tool", epoch: 1, version: "1.22.1", release: "9.el9", url: "http://example.org/" },
    { name: "gild-tool", epoch: 1, version: "1.22.2", release: "1.el9" },
    { name: "gild-gone", version: "1~rc1", release: "1", arch: "noarch", description: "it's\n\n'gone' Bäh" },
    { name: "gild-kernel", version: "6.1", release: "1" },
    { name: "gild-kernel", version: "6.2", release: "1" },
  ]) as [string, string, string, string, string]; // As many as were asked for.
  installRpms(before, [tool, gone, kernel]);
  importKey(before);
  cpSync(before, after, { recursive: true });
  updateRpms(after, [toolNext]);
  eraseRpm(after, "gild-gone");
  installRpms(after, [kernelNext]);

  const tree = join(folder, "tree");
  for (const path of ["etc", "bin", "dev", "proc", "sys", "tmp"]) mkdirSync(join(tree, path), { recursive: true });
  writeFileSync(join(tree, "etc/os-release"), "ID=fedora\nVERSION_ID=39\nPRETTY_NAME=Fedora\n");
  writeFileSync(join(tree, "etc/fstab"), "/dev/sda / ext4 defaults 0 1\n");
  addConfiguration(tree);
  mkdirSync(dirname(join(tree, DATABASE)), { recursive: true });
  await copyFile(join(before, "rpmdb.sqlite"), join(tree, DATABASE));
  await mustRun("truncate", ["-s", "32M", image]);
  await mustRun("mke2fs", ["-q", "-F", "-t", "ext4", "-d", tree, image]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Application = StructOf<"application2">;

/** @param mode libguestfs's librpm writes beside the database, so it finds nothing on a filesystem that is mounted read-only */
async function applications(appliance: string | undefined, mode: "ro" | "rw"): Promise<readonly Application[]> {
  const env = { ...process.env, ...(appliance === undefined ? {} : { GILD_PATH: appliance }) };
  const handle = await openGuestfs({ env }, [{ filename: image, format: "raw", readonly: true }]);
  try {
    const { g } = handle;
    const [root = ""] = await g.inspect_os();
    const mountable = { mountable: root, mountpoint: "/" };
    await (mode === "ro" ? g.mount_ro(mountable) : g.mount(mountable));
    return await g.inspect_list_applications2({ root });
  } finally {
    await handle.close();
  }
}

test("lists what libguestfs's own daemon lists, in every field, and the image stays as it was", async () => {
  const digest = await sha256File(image);

  const ours = await applications(undefined, "ro");
  const theirs = await applications(await debianAppliance(), "rw");

  expect(ours).toEqual(theirs);
  expect(ours.map(({ app2_name }) => app2_name)).toEqual(["gild-gone", "gild-kernel", "gild-tool", "gpg-pubkey"]);
  expect(await sha256File(image)).toBe(digest);
});

test("gild inspect shows them", async () => {
  const shown = await mustGild(["inspect", image, "--packages"]);

  expect(shown).toMatch(/gild-tool.*1:1\.22\.1-9\.el9/);
  expect(shown).toMatch(/gild-gone.*1~rc1-1/);
});

async function packagesOf(steps: readonly string[]): Promise<string[]> {
  const recipe = join(folder, "recipe.yaml");
  writeFileSync(recipe, ["version: 1", "steps:", ...steps.map((step) => `  - ${step}`), ""].join("\n"));
  const planned = await mustGild(["plan", recipe, "-a", image, "--json", "-q"]);
  const { diff } = (JSON.parse(planned) as { plan: PlanDocument }).plan; // gild's own output, checked by what is expected of it
  const lines = diffText(diff, createStyle(false)).split("\n");
  return lines.filter((line) => /gild-|gpg-pubkey|package database/.test(line)).map((line) => line.trim());
}

test("the diff tells which packages came, went or have another version", async () => {
  const upload = `upload: { source: ${join(after, "rpmdb.sqlite")}, path: ${DATABASE} }`;

  expect(await packagesOf([upload])).toEqual(CHANGES);
});

test("the diff tells the same where the database is of another kind now", async () => {
  const berkeley = join(folder, "berkeley");
  writeBerkeley(after, berkeley);
  const steps = [
    `rm: { path: ${DATABASE} }`,
    `upload: { source: ${join(berkeley, "Packages")}, path: ${join(dirname(DATABASE), "Packages")} }`,
  ];

  expect(await packagesOf(steps)).toEqual(CHANGES);
});

test("where a database cannot be read any more, the diff says so", async () => {
  const damaged = join(folder, "damaged");
  writeFileSync(damaged, readFileSync(join(after, "rpmdb.sqlite")).fill(0x55, 0, 4096));

  expect(await packagesOf([`upload: { source: ${damaged}, path: ${DATABASE} }`])).toEqual([
    expect.stringMatching(
      `^~ package database ${DATABASE}: packages are not compared, cannot be read after the change: .`,
    ),
  ]);
});
