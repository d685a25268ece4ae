/** Programs of libguestfs, unmodified, through `gild hv`: restored from a template, booted, or left alone, with the same results. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { digestFile } from "../../engine/template/digests.ts";
import { goldenImage } from "./support/golden-image.ts";
import { libguestfsEnv, mustGild, mustRun, runProgram, sha256File, type Finished } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-hv-"));
const log = join(folder, "log");
const temporary = join(folder, "tmp");
const MiB = 1024 * 1024;
let env: Record<string, string>;

beforeAll(async () => {
  mkdirSync(temporary);
  const wrapper = (await mustGild(["hv", "--path"])).trim();
  env = { ...libguestfsEnv(), LIBGUESTFS_HV: wrapper, GILD_HV_LOG: log, GILD_TMPDIR: temporary };
});

beforeEach(() => rmSync(log, { force: true }));

/** Nothing of a launch is left, however it ended. */
afterEach(async () => {
  await vi.waitUntil(() => readdirSync(temporary).length === 0 && processes().length === 0, { timeout: 60_000 });
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What `gild hv` did, a word or more for each launch. */
function outcomes(): string[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(line.indexOf(" ") + 1));
}

/** Command lines that name the test's folder: qemu's, and the planner's. */
function processes(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(folder));
}

function blank(name: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

async function guestfish(
  args: readonly string[],
  script: string,
  more: Record<string, string> = {},
): Promise<Finished> {
  return runProgram("guestfish", args, { env: { ...env, ...more }, stdin: script });
}

const SUCCESS = { status: 0, stderr: "" };

test("guestfish works on restored disks, in their order, and what it wrote is on them", async () => {
  const raw = blank("raw.img", 256 * MiB);
  const qcow2 = join(folder, "it's, a disk.qcow2");
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", qcow2, "64M"]);
  const readOnly = blank("readonly.img", 8 * MiB);
  const before = readFileSync(readOnly);
  const script = `add-drive ${raw} format:raw
add-drive "${qcow2}" format:qcow2 discard:enable cachemode:unsafe
add-drive ${readOnly} readonly:true format:raw
add-drive ${blank("large-sectors.img", 16 * MiB)} format:raw blocksize:4096 label:four
run
list-devices
blockdev-getsize64 /dev/sdb
blockdev-getsize64 /dev/sdc
blockdev-getss /dev/sdd
mkfs ext2 /dev/sdc
part-disk /dev/sda gpt
mkfs ext4 /dev/sda1
mkfs ext2 /dev/sdb
mount /dev/sda1 /
write /a "in the raw disk"
umount /
mount /dev/sdb /
write /b "in the other"
`;

  const finished = await guestfish([], script);

  expect(finished).toMatchObject(SUCCESS);
  const sizes = [64 * MiB, 8 * MiB, 4096].map(String);
  expect(lines(finished.stdout)).toEqual(["/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdd", ...sizes]);
  expect(outcomes()).toEqual(["restored: 4 disks"]);
  expect(readFileSync(raw).includes("in the raw disk")).toBe(true);
  const again = await guestfish(["--ro", "--format=qcow2", "-a", qcow2, "-m", "/dev/sda"], "cat /b\n");
  expect(again.stdout).toBe("in the other\n");
  expect(readFileSync(readOnly).equals(before)).toBe(true);
});

test("memory and processors are those that libguestfs was told", async () => {
  const script = `set-memsize 600
set-smp 2
add-drive ${goldenImage} format:qcow2 readonly:true
run
mount-ro /dev/vg0/root /
sh "grep -c ^processor /proc/cpuinfo; grep MemTotal /proc/meminfo"
`;

  const finished = await guestfish([], script);

  const [, processors, kilobytes] = /^(\d+)\nMemTotal: +(\d+) kB$/m.exec(finished.stdout) ?? [];
  expect(finished).toMatchObject(SUCCESS);
  expect(processors).toBe("2");
  expect(Number(kilobytes)).toBeGreaterThan(450 * 1024);
  expect(Number(kilobytes)).toBeLessThan(600 * 1024);
  expect(outcomes()).toEqual(["restored: 1 disks"]);
});

test("the least memory that libguestfs takes is enough", async () => {
  const finished = await guestfish(["--format=raw", "-a", blank("small.img", MiB)], "run\nlist-devices\n", {
    LIBGUESTFS_MEMSIZE: "256",
  });

  expect(finished).toMatchObject({ ...SUCCESS, stdout: "/dev/sda\n" });
  expect(outcomes()).toEqual(["restored: 1 disks"]);
});

test("--network gives the guest's programs a name server", async () => {
  const script = `add-drive ${goldenImage} format:qcow2 readonly:true
run
mount /dev/vg0/root /
touch /etc/resolv.conf
sh "cat /etc/resolv.conf"
`;

  const finished = await guestfish(["--network"], script);

  expect(finished).toMatchObject({ ...SUCCESS, stdout: expect.stringContaining("nameserver 169.254.") });
  expect(outcomes()).toEqual(["restored: 1 disks"]);
});

test.each([
  // Not --all: libguestfs's own appliance calls the physical volume by the kernel's name, which may be any.
  ["virt-filesystems", ["--filesystems", "--partitions", "--block-devices", "--long", "--uuid"]],
  ["virt-df", ["--uuid"]],
  ["virt-cat", ["/etc/os-release"]],
])("%s says the same as without", async (program, args) => {
  const all = ["-a", goldenImage, ...args];

  const plain = await mustRun(program, all, { env: libguestfsEnv() });
  const ours = await mustRun(program, all, { env });

  expect(ours).toBe(plain);
  expect(outcomes()).toEqual(["restored: 1 disks"]);
});

test("virt-customize runs a program of the guest", async () => {
  const overlay = join(folder, "customized.qcow2");
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", goldenImage, overlay]);
  const args = ["--format=qcow2", "-a", overlay];

  await mustRun("virt-customize", [...args, "--run-command", "id -un > /root/who", "--hostname", "through-hv"], {
    env,
  });

  const script = "cat /root/who\ncat /etc/hostname\n";
  const read = await mustRun("guestfish", ["--ro", ...args, "-i"], { env, stdin: script });
  expect(lines(read)).toEqual(["root", "through-hv"]);
  expect(outcomes()).toEqual(["restored: 1 disks", "restored: 1 disks"]);
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ["verbose", ["-v"], {}, /^boot: not restored by rule/],
  [
    "another word for the kernel",
    [],
    { LIBGUESTFS_APPEND: "gild_unknown=1" },
    /^boot: not understood: -append gild_unknown=1$/,
  ],
  ["GILD_TEMPLATE=0", [], { GILD_TEMPLATE: "0" }, /^boot: not restored by rule/],
])("boots gild's appliance: %s", async (_what, args, more, expected) => {
  const disk = blank("boot.img", 64 * MiB);

  const finished = await guestfish(
    [...args, "--format=raw", "-a", disk],
    "run\nmkfs ext4 /dev/sda\nvfs-type /dev/sda\n",
    more,
  );

  expect(finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/ext4\n$/) });
  expect(finished.stderr.includes("gild hv: boot: ")).toBe(args.includes("-v"));
  expect(outcomes()).toEqual([expect.stringMatching(expected)]);
});

test("boots with what it does not understand on the command line", async () => {
  const script = `config -device intel-hda
add-drive-opts ${blank("odd.img", 64 * MiB)} format:raw iface:virtio
run
list-devices
`;

  expect(await guestfish([], script)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\/dev\/sda\n$/m) });
  expect(outcomes()).toEqual([expect.stringMatching(/^boot: not understood: /)]);
});

test("without an appliance the launch is libguestfs's own", async () => {
  const finished = await guestfish(["--format=raw", "-a", blank("own.img", MiB)], "run\nlist-devices\n", {
    GILD_CACHEDIR: join(folder, "empty"),
  });

  expect(finished).toMatchObject({ ...SUCCESS, stdout: "/dev/sda\n" });
  expect(outcomes()).toEqual([expect.stringMatching(/^unchanged: appliance: .*not built yet/)]);
});

/** A cache with gild's appliance in it and no template. */
async function freshCache(name: string): Promise<string> {
  const cache = join(folder, name);
  mkdirSync(cache);
  symlinkSync(dirname((await mustGild(["appliance", "path"])).trim()), join(cache, "appliance"));
  return cache;
}

function templates(cache: string): string[] {
  const parent = join(cache, "template");
  return existsSync(parent) ? readdirSync(parent).filter((name) => /^[0-9a-f]{32}$/.test(name)) : [];
}

test("a template that cannot be restored loses no launch", async () => {
  const GILD_CACHEDIR = await freshCache("broken");
  const args = ["--format=raw", "-a", blank("broken.img", MiB)];
  await guestfish(args, "run\n", { GILD_CACHEDIR });
  const [key = ""] = templates(GILD_CACHEDIR);
  spoil(join(GILD_CACHEDIR, "template", key));

  const spoilt = await guestfish(args, "run\nlist-devices\n", { GILD_CACHEDIR });
  const next = await guestfish(args, "run\nlist-devices\n", { GILD_CACHEDIR });

  expect(spoilt).toMatchObject({ ...SUCCESS, stdout: "/dev/sda\n" });
  expect(next).toMatchObject({ ...SUCCESS, stdout: "/dev/sda\n" });
  expect(outcomes()).toEqual([
    "restored: 1 disks",
    expect.stringMatching(/^boot: template: .*on trial/),
    "restored: 1 disks",
  ]);
});

/** What qemu cannot read, under digests that say it is right, and never tried. */
function spoil(template: string): void {
  const state = join(template, "state");
  writeFileSync(state, readFileSync(state).toReversed());
  const manifest = join(template, "manifest.json");
  const content = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, unknown>; // an object: store.ts
  writeFileSync(manifest, JSON.stringify({ ...content, state: digestFile(state) }));
  rmSync(join(template, "proved"));
}

test("a disk that another VM writes is an error at once, as without", async () => {
  const args = ["--format=raw", "-a", blank("shared.img", MiB)];
  const first = spawn("guestfish", args, { env: { ...process.env, ...env }, stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise((resolve) => first.on("close", resolve));
  first.stdin.write("run\n");
  await vi.waitUntil(() => outcomes().length > 0, { timeout: 300_000 });

  const second = await guestfish(args, "run\n");
  first.stdin.end();
  await ended;
  const third = await guestfish(args, "run\n");

  expect(second.status).not.toBe(0);
  expect(outcomes()).toEqual(["restored: 1 disks", expect.stringMatching(/^failed: /), "restored: 1 disks"]);
  expect(third).toMatchObject(SUCCESS);
});

test("a guestfish that is killed leaves nothing behind, and the next one works", async () => {
  const GILD_CACHEDIR = await freshCache("killed");
  const args = ["--format=raw", "-a", blank("killed.img", MiB)];
  const isBeingMade = (): boolean =>
    existsSync(join(GILD_CACHEDIR, "template")) &&
    readdirSync(join(GILD_CACHEDIR, "template")).some((name) => name.startsWith("."));

  await killWhen(args, { GILD_CACHEDIR }, isBeingMade);
  await vi.waitUntil(() => processes().length === 0, { timeout: 60_000 });
  await killWhen(args, { GILD_CACHEDIR }, () => outcomes().includes("restored: 1 disks"));
  await vi.waitUntil(() => processes().length === 0, { timeout: 60_000 });
  const next = await guestfish(args, "run\nlist-devices\n", { GILD_CACHEDIR });

  expect(next).toMatchObject({ ...SUCCESS, stdout: "/dev/sda\n" });
  expect(outcomes()).toEqual([expect.stringMatching(/^failed: /), "restored: 1 disks", "restored: 1 disks"]);
});

/** Kills a guestfish that would stay, as soon as something is so. */
async function killWhen(args: readonly string[], more: Record<string, string>, isSo: () => boolean): Promise<void> {
  const child = spawn("guestfish", args, {
    env: { ...process.env, ...env, ...more },
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  child.stdin.write("run\n");
  await vi.waitUntil(isSo, { timeout: 300_000, interval: 5 });
  child.kill("SIGKILL");
  await ended;
}

test("an image that was only read has not changed", async () => {
  const before = await sha256File(goldenImage);

  await mustRun("guestfish", ["--ro", "--format=qcow2", "-a", goldenImage, "run", ":", "list-filesystems"], { env });

  expect(await sha256File(goldenImage)).toBe(before);
  expect(outcomes()).toEqual(["restored: 1 disks"]);
});
