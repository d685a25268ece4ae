/**
 * Real faults while `gild apply` writes a saved plan: killed at random moments, system calls that fail, full filesystems,
 * filesystems that clone, block devices. After each the image is the old one or, recovered, the new one; in between it has
 * no name, and is never half-written.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { packageInfo } from "../../engine/index.ts";
import { checkQcow2, fileDigest, makeImage } from "../engine/commit-fixture.ts";
import { makePlan } from "../engine/plan-fixture.ts";
import { gild, gildProgram, mustGild, mustRun, runProgram, type Finished } from "./support/program.ts";
import { randomFrom } from "./support/random.ts";

const KILLS = 20;
const work = mkdtempSync(join(tmpdir(), "gild-faults-"));
/** An image and a plan for it, never used themselves. */
const original = join(work, "original");
const random = randomFrom(20_261_121);
const digests = { old: "", new: "" };
const tally = new Map<string, number>();

beforeAll(async () => {
  mkdirSync(original);
  const image = join(original, "disk");
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", image, "16M"]);
  await mustRun("qemu-io", ["-f", "qcow2", "-c", "write -P 1 0 4M", image]);
  const writes = Array.from({ length: 24 }, (_, at) => `write -P ${at + 2} ${at * 640}k 200k`);
  await makePlan({ path: join(original, "p"), gild: packageInfo().version, images: [image], writes });
  digests.old = await fileDigest(image);
  const folder = fresh("undisturbed");
  await mustGild(["apply", join(folder, "p")]);
  digests.new = await fileDigest(join(folder, "disk"));
  await checkQcow2(join(folder, "disk"));
});

afterAll(() => {
  const lines = [...tally]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${String(times).padStart(5)}  ${what}`);
  process.stdout.write(`what was found, and what became of it\n${lines.join("\n")}\n`);
  rmSync(work, { recursive: true });
});

/** A copy to be damaged. */
function fresh(name: string, parent = work): string {
  const folder = join(parent, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(original, folder, { recursive: true });
  return folder;
}

async function stateOf(image: string): Promise<"absent" | "old" | "new" | "half-written"> {
  if (!existsSync(image)) return "absent";
  const digest = await fileDigest(image);
  if (digest === digests.old) return "old";
  return digest === digests.new ? "new" : "half-written";
}

/** What a fault may leave, and what it may become: `before, after`. A commit never goes back. */
const ALLOWED = ["old, old", "old, new", "absent, new", "new, new"];

/** Looks at what a fault has left, recovers it and looks again. @throws Error for anything but the allowed */
async function judge(folder: string, fault: string): Promise<void> {
  const image = join(folder, "disk");
  const before = await stateOf(image);
  await mustGild(["recover", image]);
  const after = await stateOf(image);
  const names = readdirSync(folder).toSorted().join(" ");
  if (!ALLOWED.includes(`${before}, ${after}`) || names !== "disk p p.disk0.overlay") {
    throw new Error(`${fault}: the image was ${before}, and recovered it is ${after}; files: ${names}`);
  }
  const key = `${fault.replace(/ \d+$/u, "")}: ${before}, recovered: ${after}`;
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

/** How often a fault was judged. */
function judged(fault: string): number {
  const counts = [...tally].map(([key, times]) => (key.startsWith(fault) ? times : 0));
  return counts.reduce((sum, times) => sum + times, 0);
}

/** Starts `gild apply` and kills it after so many milliseconds, unless it has ended. */
async function applyAndKill(folder: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [gildProgram, "apply", join(folder, "p")], { stdio: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
}

/** Part of the time that a command takes; before, it only starts. */
const moment = (): number => 0.4 + (0.6 * random(1000)) / 1000;

async function undisturbedMs(folder: string): Promise<number> {
  const begin = performance.now();
  await mustGild(["apply", join(folder, "p")]);
  return performance.now() - begin;
}

test("killed at random moments, in place", async () => {
  const lasts = await undisturbedMs(fresh("killed"));
  for (let kill = 0; kill < KILLS; kill += 1) {
    const folder = fresh("killed");
    await applyAndKill(folder, lasts * moment());
    await judge(folder, "killed");
  }

  expect(judged("killed:")).toBe(KILLS);
});

/** The n-th call of a kind on the files of the commit. */
const calls = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((when) => ["fsync", when] as const),
  ...[1, 2, 9, 12].map((when) => ["pwrite64", when] as const),
  ...[1, 2, 3].map((when) => ["rename", when] as const),
  ["ftruncate", 1] as const,
];

test.each(["EIO", "ENOSPC"])("system calls that fail with %s", async (errno) => {
  for (const [call, when] of calls) {
    const folder = fresh("failing");

    const { status, stderr } = await withInjection(folder, call, `error=${errno}:when=${when}`);

    expect({ call, when, status, stderr }).toEqual({
      call,
      when,
      status: 1,
      stderr: expect.stringContaining("gild: "),
    });
    await judge(folder, `${errno} of ${call} ${when}`);
  }
});

test("killed inside a system call", async () => {
  for (const [call, when] of calls) {
    const folder = fresh("inside");
    const { status } = await withInjection(folder, call, `signal=KILL:when=${when}`);

    expect({ call, when, status }).not.toEqual({ call, when, status: 0 });
    await judge(folder, `killed in ${call} ${when}`);
  }
});

test("killed while it takes or gives up the lock", async () => {
  for (const call of ["symlink", "unlink"]) {
    const folder = fresh("locking");
    const { status } = await withInjection(folder, call, "signal=KILL:when=1", [".disk.gild-lock"]);

    expect({ call, status }).not.toEqual({ call, status: 0 });
    await judge(folder, `killed in ${call} of the lock`);
  }
});

const COMMITTED = ["", "disk", ".disk.gild-record", ".disk.gild-record-part", ".disk.gild-committing"];

/** Runs `gild apply` with a fault in its calls on the files of the commit. One thread makes them all, so they can be counted. */
async function withInjection(folder: string, call: string, fault: string, names = COMMITTED): Promise<Finished> {
  const paths = names.flatMap((name) => ["-P", join(folder, name)]);
  const args = ["-f", "-qq", "-o", "/dev/null", ...paths, "-e", `inject=${call}:${fault}`];
  const env = { UV_THREADPOOL_SIZE: "1" };
  return await runProgram("strace", [...args, process.execPath, gildProgram, "apply", join(folder, "p")], { env });
}

test.each(["xfs", "btrfs"])("killed at random moments on %s, which clones: the image is always there", async (type) => {
  await withFilesystem(type, async (mounted) => {
    const folder = fresh("cloning", mounted);
    await mustRun("setfattr", ["-n", "user.kept", "-v", "yes", join(folder, "disk")]);
    const inode = statSync(join(folder, "disk")).ino;
    const lasts = await undisturbedMs(folder);
    expect(statSync(join(folder, "disk")).ino).not.toBe(inode);
    expect(await mustRun("getfattr", ["--only-values", "-n", "user.kept", join(folder, "disk")])).toBe("yes");
    for (let kill = 0; kill < KILLS / 2; kill += 1) {
      fresh("cloning", mounted);
      await applyAndKill(folder, lasts * moment());
      expect(existsSync(join(folder, "disk"))).toBe(true);
      await judge(folder, `killed on ${type}`);
    }
  });
});

/** A small filesystem in a file, mounted while `body` runs. */
async function withFilesystem(type: string, body: (mounted: string) => Promise<void>): Promise<void> {
  const [file, mounted] = [join(work, `${type}.img`), join(work, type)];
  mkdirSync(mounted);
  await mustRun("truncate", ["-s", "400M", file]);
  await mustRun(`mkfs.${type}`, ["-q", file]);
  await mustRun("mount", ["-o", "loop", file, mounted]);
  try {
    await body(mounted);
  } finally {
    await mustRun("umount", [mounted]);
    rmSync(file);
  }
}

test("too little room is found before anything is written; more room, and the plan is applied", async () => {
  const mounted = join(work, "small");
  mkdirSync(mounted);
  await mustRun("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", mounted]);
  try {
    const folder = fresh("full", mounted);
    // The plan's overlay is copied beside the image, and the image grows: there is room for the one and not the other.
    const { status, stderr } = await gild(["apply", join(folder, "p")]);

    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/no space left|ENOSPC/u) });
    await judge(folder, "full filesystem");
    await mustRun("mount", ["-o", "remount,size=60m", mounted]);
    await mustGild(["apply", join(folder, "p")]);
    expect(await stateOf(join(folder, "disk"))).toBe("new");
  } finally {
    await mustRun("umount", [mounted]);
  }
});

test("a read-only filesystem: the image is planned and copied, and never changed", async () => {
  const mounted = join(work, "read-only");
  mkdirSync(mounted);
  await mustRun("mount", ["-t", "tmpfs", "tmpfs", mounted]);
  try {
    const image = join(fresh("folder", mounted), "disk");
    await mustRun("mount", ["-o", "remount,ro", mounted]);
    const [plan, copy] = [join(work, "read-only.plan"), join(work, "read-only.copy")];
    await makePlan({ path: plan, gild: packageInfo().version, images: [image], writes: ["write -P 9 1M 64k"] });

    const { status, stderr } = await gild(["apply", plan]);

    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("use -o for a new image") });
    expect(await stateOf(image)).toBe("old");
    await mustGild(["apply", plan, "-o", copy]);
    await mustRun("qemu-io", ["-r", "-f", "qcow2", "-c", "read -P 9 1M 64k", copy]);
  } finally {
    await mustRun("umount", [mounted]);
  }
});

test("the next command that opens the image finishes the commit, and says so", async () => {
  const folder = fresh("next");
  await withInjection(folder, "pwrite64", "signal=KILL:when=9");
  expect(await stateOf(join(folder, "disk"))).toBe("absent");

  const { status, stderr } = await gild(["apply", join(folder, "p")]);

  expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringContaining("finished a change") });
  expect(await stateOf(join(folder, "disk"))).toBe("new");
});

test("a block device is written in place, and again after a crash", async () => {
  const folder = join(work, "device");
  mkdirSync(folder);
  const backing = join(folder, "backing");
  await makeImage(backing, "raw");
  const env = { XDG_STATE_HOME: join(folder, "state") };
  const device = (await mustRun("losetup", ["--find", "--show", backing])).trim();
  try {
    await makePlan({ path: join(folder, "p"), gild: packageInfo().version, images: [device], format: "raw" });
    const apply = [process.execPath, gildProgram, "apply", join(folder, "p")];
    await runProgram("strace", [...killWhileWriting(device), ...apply], { env: { ...env, UV_THREADPOOL_SIZE: "1" } });

    const recovered = await mustGild(["recover"], { env, cwd: folder });

    expect(recovered).toContain(`${device}: finished`);
    const image = join(folder, "expected");
    await makeImage(image, "raw");
    await makePlan({ path: join(folder, "q"), gild: packageInfo().version, images: [image], format: "raw" });
    await mustGild(["apply", join(folder, "q")]);
    expect(await fileDigest(device)).toBe(await fileDigest(image));
    expect(readdirSync(join(folder, "state", "gild", "commits"))).toEqual([]);
  } finally {
    await mustRun("losetup", ["--detach", device]);
  }
});

const killWhileWriting = (path: string): string[] => {
  return ["-f", "-qq", "-o", "/dev/null", "-P", path, "-e", "inject=pwrite64:signal=KILL:when=2"];
};

test("another device that has got the name is not written", async () => {
  const folder = join(work, "renamed-device");
  mkdirSync(folder);
  const [backing, other] = [join(folder, "backing"), join(folder, "other")];
  await makeImage(backing, "raw");
  writeFileSync(other, Buffer.alloc(statSync(backing).size, 7));
  const env = { XDG_STATE_HOME: join(folder, "state") };
  const device = (await mustRun("losetup", ["--find", "--show", backing])).trim();
  try {
    await makePlan({ path: join(folder, "p"), gild: packageInfo().version, images: [device], format: "raw" });
    const apply = [process.execPath, gildProgram, "apply", join(folder, "p")];
    await runProgram("strace", [...killWhileWriting(device), ...apply], { env: { ...env, UV_THREADPOOL_SIZE: "1" } });
    await mustRun("losetup", ["--detach", device]);
    await mustRun("losetup", [device, other]);
    const before = await fileDigest(other);

    const { status, stderr } = await gild(["recover", device], { env });

    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("not the device") });
    expect(await fileDigest(other)).toBe(before);
  } finally {
    await mustRun("losetup", ["--detach", device]);
  }
});
