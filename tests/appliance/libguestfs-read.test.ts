/** Programs of libguestfs that only look, unmodified, on our appliance through LIBGUESTFS_PATH: what they say is what is there. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { libguestfsEnv, mustGild, mustRun, sha256File } from "./support/program.ts";
import { contentIn, debugfs, device, makeSmallGuest, SMALL_SIZE } from "./support/small-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-read-"));
const image = join(folder, "small.img");
const drive = ["--format=raw", "-a", image];
let env: Record<string, string>;
let digest: string;

beforeAll(async () => {
  env = libguestfsEnv((await mustGild(["appliance", "path"])).trim());
  await makeSmallGuest(image);
  digest = await sha256File(image);
});

afterAll(async () => {
  const after = await sha256File(image);
  rmSync(folder, { recursive: true });
  if (after !== digest) throw new Error("a program that only reads has changed the image");
});

async function run(program: string, args: readonly string[]): Promise<string> {
  return mustRun(program, args, { env });
}

const rows = (text: string): string[][] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(/[\s,]+/));

/** A number of the superblock, by the name that debugfs gives it. */
async function superblock(name: string): Promise<number> {
  return Number(new RegExp(`^${name}: +(\\d+)$`, "m").exec(await debugfs(image, "stats -h"))?.[1]);
}

test("virt-filesystems", async () => {
  const blkid = await mustRun("dumpe2fs", ["-h", device(image)]);
  const uuid = /UUID: +([0-9a-f-]+)/.exec(blkid)?.[1] ?? "";

  const output = await run("virt-filesystems", [...drive, "--all", "--long", "--uuid"]);

  expect(rows(output).slice(1)).toEqual([
    ["/dev/sda1", "filesystem", "ext4", "small", "-", expect.any(String), "-", uuid],
    ["/dev/sda1", "partition", "-", "-", "83", String(SMALL_SIZE - 1024 * 1024), "/dev/sda", "-"],
    ["/dev/sda", "device", "-", "-", "-", String(SMALL_SIZE), "-", "-"],
  ]);
});

test("virt-df", async () => {
  const KiB = (await superblock("Block size")) / 1024;
  const free = (await superblock("Free blocks")) * KiB;

  const [, row = []] = rows(await run("virt-df", [...drive, "--csv"]));

  expect(row.slice(0, 2)).toEqual(["small.img", "/dev/sda1"]);
  expect(Number(row[2]) - Number(row[3])).toBe(free);
});

test("virt-ls", async () => {
  const output = await run("virt-ls", [...drive, "-lR", "/etc/selinux"]);

  const size = (await contentIn(image, "/etc/selinux/config")).length;
  expect(rows(output)).toContainEqual(["-", "0644", String(size), "/etc/selinux/config"]);
  expect(rows(output).map(([type, , , path]) => [type, path])).toEqual([
    ["d", "/etc/selinux"],
    ["-", "/etc/selinux/config"],
    ["d", "/etc/selinux/targeted"],
    ["d", "/etc/selinux/targeted/contexts"],
    ["d", "/etc/selinux/targeted/contexts/files"],
    ["-", "/etc/selinux/targeted/contexts/files/file_contexts"],
  ]);
});

test("virt-cat", async () => {
  expect(await run("virt-cat", [...drive, "/etc/passwd"])).toBe(await contentIn(image, "/etc/passwd"));
});

test("virt-log", async () => {
  expect(await run("virt-log", drive)).toBe(await contentIn(image, "/var/log/syslog"));
});

test("virt-get-kernel", async () => {
  await run("virt-get-kernel", [...drive, "-o", folder]);

  for (const name of ["vmlinuz-6.1.0-1-amd64", "initrd.img-6.1.0-1-amd64"]) {
    expect(readFileSync(join(folder, name), "utf8")).toBe(await contentIn(image, `/boot/${name}`));
  }
});

test("virt-tar-out", async () => {
  const archive = join(folder, "bin.tar");

  await run("virt-tar-out", ["-a", image, "/bin", archive]);

  await mustRun("tar", ["-xf", archive, "-C", folder, "./busybox", "./sh"]);
  expect(await sha256File(join(folder, "busybox"))).toBe(await sha256File("/bin/busybox"));
  const names = (await mustRun("tar", ["-tf", archive])).trim().split("\n").toSorted();
  expect(names).toEqual(["./", "./busybox", "./cat", "./chmod", "./id", "./ls", "./sh"]);
});

test("virt-copy-out", async () => {
  const target = join(folder, "copied");
  mkdirSync(target);

  await run("virt-copy-out", ["-a", image, "/etc/ssh", "/etc/fstab", target]);

  for (const name of ["ssh/sshd_config", "ssh/ssh_host_ed25519_key", "fstab"]) {
    expect(readFileSync(join(target, name), "utf8")).toBe(await contentIn(image, `/etc/${name}`));
  }
});

test("virt-inspector", async () => {
  const xml = await run("virt-inspector", drive);

  const values = (name: string): string[] =>
    [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "g"))].map((found) => found[1] ?? "");
  expect([values("distro"), values("hostname"), values("arch"), values("osinfo")]).toEqual([
    ["debian"],
    ["small"],
    ["x86_64", "amd64"],
    ["debian12"],
  ]);
  expect([values("name"), values("version"), values("release")]).toEqual([["linux", "busybox"], ["1.35.0"], ["4"]]);
  expect(xml).toContain('<mountpoint dev="/dev/sda1">/</mountpoint>');
});

test("virt-diff", async () => {
  const other = join(folder, "other.img");
  await mustRun("cp", [image, other]);
  await mustRun("sh", ["-c", `echo changed >${join(folder, "hostname")}`]);
  await debugfs(other, "rm /etc/hostname", true);
  await debugfs(other, `write ${join(folder, "hostname")} /etc/hostname`, true);
  await debugfs(other, "rm /root/.bash_history", true);

  const output = await run("virt-diff", [...drive, "--format=raw", "-A", other]);

  const changes = output.split("\n").filter((line) => /^[-+=]/.test(line));
  expect(changes).toEqual([
    "= - 0644          6 /etc/hostname",
    "-small",
    "+changed",
    "- - 0644          8 /root/.bash_history",
  ]);
});
