/** The finished appliance: its form, its size, and that unmodified libguestfs boots it with everything active. */
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readManifest } from "../../appliance/manifest.ts";
import { mustRun, projectFolder } from "./support/program.ts";

const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-built-"));
let directory: string;

beforeAll(async () => {
  directory = (await mustRun(process.execPath, [join(projectFolder, "dist/appliance/build.js")])).trim();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function guestfish(args: readonly string[]): Promise<string> {
  const env = {
    LIBGUESTFS_PATH: directory,
    LIBGUESTFS_BACKEND: "direct",
    LIBGUESTFS_BACKEND_SETTINGS: "force_tcg",
    LIBGUESTFS_CACHEDIR: folder,
  };
  return mustRun("guestfish", args, { env, timeoutMs: 120_000 });
}

async function inRoot(command: string): Promise<string> {
  return mustRun("/sbin/debugfs", ["-R", command, join(directory, "root")]);
}

test("has the form that libguestfs calls fixed, under the key that the engine looks for", async () => {
  const { key } = JSON.parse(readFileSync(join(projectFolder, "dist/appliance/key.json"), "utf8")) as { key: string };
  const manifest = await readManifest(directory);

  expect(directory.endsWith(`/appliance/${key}`)).toBe(true);
  expect(manifest.key).toBe(key);
  for (const name of ["README.fixed", "kernel", "initrd", "root"]) expect(existsSync(join(directory, name))).toBe(true);
});

test("is small, and says of what it is made", async () => {
  const { sizes, packages, kernelVersion, nodeVersion } = await readManifest(directory);

  expect(sizes.kernel.bytes).toBeLessThan(80 * MiB);
  expect(sizes.initrd.bytes).toBeLessThan(6 * MiB);
  expect(sizes.root.allocatedBytes).toBeLessThan(300 * MiB);
  expect(kernelVersion).toMatch(/^6\.1\..*-amd64$/);
  expect(nodeVersion).toMatch(/^2\d\./);
  expect(packages["lvm2"]).toMatch(/^2\./);
  expect(Object.values(packages).every((version) => version !== "")).toBe(true);
});

test("has a sound root that belongs to root and holds nothing of a host", async () => {
  await mustRun("/sbin/e2fsck", ["-f", "-n", join(directory, "root")]);
  const owners = (await inRoot("ls -l /usr/lib/gild")).split("\n").filter((line) => line.includes("100755"));

  expect(owners).toHaveLength(5);
  for (const line of owners) expect(line).toMatch(/\(1\)\s+0\s+0\s/);
  for (const gone of ["/usr/bin/perl", "/usr/share/doc", "/var/lib/dpkg", "/boot"]) {
    expect(await inRoot(`ls ${gone}`)).toBe("");
  }
  expect((await inRoot("cat /etc/resolv.conf")).trim()).toBe("");
});

test("boots under Debian's guestfish, hides its own disk, and activates the volumes of a disk at launch", async () => {
  const disk = join(folder, "disk.img");
  writeFileSync(disk, "");
  truncateSync(disk, 200 * MiB);
  const commands =
    "run : part-disk /dev/sda gpt : pvcreate /dev/sda1 : vgcreate vg /dev/sda1 : lvcreate root vg 100 : " +
    "mkfs ext4 /dev/vg/root : mount /dev/vg/root / : write /hello hello";
  await guestfish(["--format=raw", "-a", disk, ...commands.split(" ")]);

  const seen = await guestfish([
    "--ro",
    "--format=raw",
    "-a",
    disk,
    ..."run : list-devices : lvs : mount-ro /dev/vg/root / : cat /hello".split(" "),
  ]);

  expect(seen).toBe("/dev/sda\n/dev/vg/root\nhello\n");
});
