/**
 * Programs of libguestfs that change disks, unmodified, on our appliance: judged on the host. Restored through LIBGUESTFS_HV,
 * which is quicker; through LIBGUESTFS_PATH libguestfs-read.test.ts and libguestfs-tools.test.ts boot it.
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { libguestfsEnv, mustGild, mustRun, sha256File } from "./support/program.ts";
import { contentIn, debugfs, device, makeSmallGuest, mustBeClean, namesIn } from "./support/small-guest.ts";

const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-write-"));
const at = (name: string): string => join(folder, name);
let env: Record<string, string>;

beforeAll(async () => {
  const wrapper = (await mustGild(["hv", "--path"])).trim();
  env = { ...libguestfsEnv(), LIBGUESTFS_HV: wrapper, GILD_HV_LOG: at("launches") };
  await makeSmallGuest(at("small.img"));
});

afterAll(() => {
  const others = readFileSync(at("launches"), "utf8")
    .split("\n")
    .filter((line) => !/^$| restored: /.test(line));
  rmSync(folder, { recursive: true });
  if (others.length > 0) throw new Error(`launches that were not restored: ${others.join("; ")}`);
});

async function run(program: string, args: readonly string[]): Promise<string> {
  return mustRun(program, args, { env });
}

function copyOfGuest(name: string): string {
  copyFileSync(at("small.img"), at(name));
  return at(name);
}

function file(name: string, content: string | Uint8Array = "", sizeBytes?: number): string {
  writeFileSync(at(name), content);
  if (sizeBytes !== undefined) truncateSync(at(name), sizeBytes);
  return at(name);
}

test("virt-edit", async () => {
  const image = copyOfGuest("edit.img");

  await run("virt-edit", ["--format=raw", "-a", image, "/etc/hostname", "-e", "s/small/edited/"]);

  expect(await contentIn(image, "/etc/hostname")).toBe("edited\n");
  await mustBeClean(image);
});

test("virt-tar-in and virt-copy-in", async () => {
  const image = copyOfGuest("in.img");
  mkdirSync(at("tree/sub"), { recursive: true });
  const content = Buffer.alloc(300_000, "packed ");
  writeFileSync(at("tree/sub/packed"), content);
  await mustRun("tar", ["-C", at("tree"), "-cf", at("in.tar"), "."]);

  await run("virt-tar-in", ["-a", image, at("in.tar"), "/srv"]);
  await run("virt-copy-in", ["-a", image, at("tree/sub"), file("single", "alone\n"), "/home"]);

  expect(await contentIn(image, "/srv/sub/packed")).toBe(content.toString());
  expect(await contentIn(image, "/home/sub/packed")).toBe(content.toString());
  expect(await contentIn(image, "/home/single")).toBe("alone\n");
  await mustBeClean(image);
});

test("virt-make-fs", async () => {
  mkdirSync(at("made/etc"), { recursive: true });
  writeFileSync(at("made/etc/motd"), "made\n");
  const args = ["--type=ext4", "--format=qcow2", "--size=+20M", "--partition=gpt", "--label=made"];

  await run("virt-make-fs", [...args, at("made"), at("made.qcow2")]);

  await mustRun("qemu-img", ["check", "-q", at("made.qcow2")]);
  await mustRun("qemu-img", ["convert", "-O", "raw", at("made.qcow2"), at("made.img")]);
  expect(await partitions(at("made.img"))).toMatchObject([{ type: expect.stringContaining("0FC63DAF") }]);
  await takeOut(at("made.img"), at("made.part"));
  expect(await mustRun("blkid", ["-p", "-o", "export", at("made.part")])).toContain("LABEL=made\n");
  expect(await mustRun("debugfs", ["-R", "cat /etc/motd", at("made.part")])).toBe("made\n");
});

test("virt-format", async () => {
  const image = copyOfGuest("format.img");

  await run("virt-format", [
    "--format=raw",
    "-a",
    image,
    "--filesystem=ext4",
    "--label=blank",
    "--partition=gpt",
    "--lvm=/dev/group/volume",
    "--wipe",
  ]);

  expect(await partitions(image)).toHaveLength(1);
  await takeOut(image, at("format.part"));
  expect(await mustRun("blkid", ["-p", "-o", "export", at("format.part")])).toContain("TYPE=LVM2_member\n");
  // LVM keeps its metadata as text; the volume is the first thing after it.
  const bytes = readFileSync(at("format.part"));
  expect(bytes.subarray(0, MiB).toString("latin1")).toMatch(/group \{[^]*volume \{/);
  writeFileSync(at("format.fs"), bytes.subarray(MiB));
  expect(await mustRun("blkid", ["-p", "-o", "export", at("format.fs")])).toContain("LABEL=blank\n");
  expect(bytes.includes("anna:x:1000")).toBe(false);
});

test("virt-resize", async () => {
  const larger = file("larger.img", "", 160 * MiB);
  const before = await sha256File(at("small.img"));
  const format = ["--format", "raw", "--output-format", "raw"];

  await run("virt-resize", [...format, "--expand", "/dev/sda1", at("small.img"), larger]);

  expect(await sha256File(at("small.img"))).toBe(before);
  const [partition] = await partitions(larger);
  expect(partition?.start).toBe(2048);
  expect(partition?.size).toBeGreaterThan((157 * MiB) / 512);
  await mustBeClean(larger);
  const blocks = /^Block count: +(\d+)$/m.exec(await mustRun("dumpe2fs", ["-h", device(larger)]))?.[1];
  expect(Number(blocks) * 1024).toBeGreaterThan(156 * MiB); // the filesystem's blocks are 1,024 bytes
  expect(await contentIn(larger, "/etc/hostname")).toBe("small\n");
});

test("virt-sparsify, copying and in place", async () => {
  const image = copyOfGuest("sparse.img");
  const waste = file("waste", Buffer.alloc(40 * MiB, "waste of space "));
  await debugfs(image, `write ${waste} waste`, true);
  await debugfs(image, "rm waste", true);
  await mustBeClean(image);
  const wasted = statSync(image).blocks * 512;

  await run("virt-sparsify", ["--format", "raw", "--convert", "qcow2", image, at("sparse.qcow2")]);
  await run("virt-sparsify", ["--in-place", "--format", "raw", image]);

  await mustRun("qemu-img", ["convert", "-O", "raw", at("sparse.qcow2"), at("copied.img")]);
  for (const result of [image, at("copied.img")]) {
    expect(wasted - statSync(result).blocks * 512).toBeGreaterThan(38 * MiB);
    expect(await contentIn(result, "/etc/hostname")).toBe("small\n");
    await mustBeClean(result);
  }
});

test("virt-customize, then virt-sysprep", async () => {
  const image = copyOfGuest("custom.img");
  await mustRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "anna@test", "-f", at("key")]);
  const key = readFileSync(at("key.pub"), "utf8");
  const wishes = [
    ["--run-command", "id -un > /root/who; cat /etc/hostname >> /root/who"],
    ["--upload", `${file("up", "uploaded\n")}:/srv/up`],
    ["--edit", "/etc/ssh/sshd_config:s/^PermitRootLogin.*/PermitRootLogin no/"],
    ["--password", "anna:password:geheim"],
    ["--ssh-inject", `anna:file:${at("key.pub")}`],
    ["--selinux-relabel"],
  ];

  await run("virt-customize", ["--format=raw", "-a", image, ...wishes.flat()]);

  expect(await contentIn(image, "/root/who")).toBe("root\nsmall\n");
  expect(await contentIn(image, "/srv/up")).toBe("uploaded\n");
  expect(await contentIn(image, "/etc/ssh/sshd_config")).toBe("PermitRootLogin no\n");
  const hash = /^anna:([^:]+):/m.exec(await contentIn(image, "/etc/shadow"))?.[1] ?? "";
  expect(hash).toMatch(/^\$/);
  expect(await mustRun("perl", ["-e", "print crypt('geheim', $ARGV[0])", hash])).toBe(hash);
  expect((await contentIn(image, "/home/anna/.ssh/authorized_keys")).trim()).toBe(key.trim());
  expect(await debugfs(image, "stat /home/anna/.ssh/authorized_keys")).toMatch(/Mode: +0600[^]*User: +1000/);
  expect(await debugfs(image, "ea_get /srv/up security.selinux")).toContain('"system_u:object_r:var_t:s0');
  expect(await debugfs(image, "ea_get /etc/shadow security.selinux")).toContain('"system_u:object_r:shadow_t:s0');
  await mustBeClean(image);

  await run("virt-sysprep", ["--format=raw", "-a", image]);

  expect(await namesIn(image, "/etc/ssh")).toEqual(["sshd_config"]);
  expect(await namesIn(image, "/root")).toEqual(["who"]);
  expect(await namesIn(image, "/home/anna")).toEqual([]);
  expect(await namesIn(image, "/var/log")).toEqual([]);
  const machine = await contentIn(image, "/etc/machine-id");
  expect(machine).toMatch(/^[0-9a-f]{32}\n$/);
  expect(machine).not.toContain("0123456789abcdef");
  await mustBeClean(image);
});

interface Partition {
  readonly start: number;
  readonly size: number;
  readonly type: string;
}

/** As sfdisk reads them; in sectors. */
async function partitions(image: string): Promise<readonly Partition[]> {
  const { partitiontable } = JSON.parse(await mustRun("sfdisk", ["-J", image])) as {
    readonly partitiontable: { readonly partitions: readonly Partition[] };
  }; // sfdisk's own form
  return partitiontable.partitions;
}

/** The first partition of `image` as a file of its own. */
async function takeOut(image: string, part: string): Promise<void> {
  const [{ start, size } = { start: 0, size: 0 }] = await partitions(image);
  await mustRun("dd", ["status=none", `if=${image}`, `of=${part}`, `skip=${start}`, `count=${size}`]);
}
