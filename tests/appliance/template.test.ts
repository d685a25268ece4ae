/**
 * Launches from a template: which ones are, that nothing of one VM is in the next, and every way in which a template can be bad
 * or the process that uses it can end.
 */
import { execFile, spawn } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, describe, expect, test } from "vitest";

import { cacheDirectory, createImage, Handle, type AddDrive, type LaunchNote } from "../../engine/index.ts";
import { digestFile } from "../../engine/template/digests.ts";
import { goldenImage } from "./support/golden-image.ts";
import { killDescendantsNamed } from "./support/processes.ts";

const GILD = fileURLToPath(new URL("../../dist/gild.js", import.meta.url));
const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-template-"));
// Its own templates; the appliance is that of all tests.
const cache = join(folder, "cache");
mkdirSync(cache);
for (const name of ["appliance", "accelerator"])
  symlinkSync(join(cacheDirectory(process.env), name), join(cache, name));
const env = { ...process.env, GILD_CACHEDIR: cache, GILD_TMPDIR: folder };
const templates = join(cache, "template");

afterAll(() => rmSync(folder, { recursive: true }));

function blank(name: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
}

interface Launched {
  readonly handle: Handle;
  readonly notes: readonly LaunchNote[];
}

async function launch(drives: readonly AddDrive[], more: Partial<Handle["settings"]> = {}): Promise<Launched> {
  const notes: LaunchNote[] = [];
  const handle = new Handle({ env, onNote: (note) => notes.push(note), ...more });
  for (const drive of drives) handle.add_drive(drive);
  await handle.launch();
  return { handle, notes };
}

const kinds = ({ notes }: Launched): string[] => notes.map(({ kind }) => kind);

function keys(): string[] {
  return readdirSync(templates, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

test("ten processes that start together make one template", async () => {
  const disk = blank("ten.img", MiB);
  const argv = [GILD, "shell", "-a", disk, "--format", "raw", "blockdev_getsize64", "/dev/sda"];
  const runs = Array.from({ length: 10 }, () => promisify(execFile)(process.execPath, argv, { env }));

  const results = await Promise.all(runs);

  expect(results.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 10 }, () => String(MiB)));
  expect(results.filter(({ stderr }) => stderr.includes("template: booting")).length).toBe(1);
  expect(keys().length).toBe(1);
});

describe("launches that are restored", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "%i disks, raw and qcow2, written and read-only, in their order",
    async (count) => {
      const drives = await Promise.all(Array.from({ length: count }, async (_, index) => driveOf(count, index)));

      const { handle } = await launch(drives);
      const { g, restored } = handle;
      const devices = await g.list_devices();
      const sizes: bigint[] = [];
      for (const device of devices) sizes.push(await g.blockdev_getsize64({ device }));
      await g.internal_autosync();
      await handle.close();

      expect(restored).toBe(true);
      expect(devices).toEqual(drives.map((_, index) => `/dev/sd${"abcdefgh".charAt(index)}`));
      expect(sizes).toEqual(drives.map((_, index) => BigInt((index + 1) * MiB)));
    },
  );

  test("no disk at all, sectors of 4,096 bytes, other memory with a network", async () => {
    const disk = blank("4k.img", 8 * MiB);
    const golden = { filename: goldenImage, format: "qcow2", readonly: true } as const;
    const other = { memsize: 768, network: true };
    const results: [restored: boolean | undefined, kinds: string[], seen: unknown][] = [];
    const look = async (launched: Launched, seen: (handle: Handle) => Promise<unknown>): Promise<void> => {
      const { handle } = launched;
      results.push([handle.restored, kinds(launched), await seen(handle)]);
      await handle.close();
    };

    await look(await launch([]), ({ g }) => g.list_devices());
    await look(await launch([{ filename: disk, format: "raw", blocksize: 4096 }]), ({ g }) =>
      g.blockdev_getss({ device: "/dev/sda" }),
    );
    await look(await launch([golden], other), async (handle) => await memoryAndNetwork(handle));
    await look(await launch([golden], other), async (handle) => await memoryAndNetwork(handle));

    expect(results).toEqual([
      [true, [], []],
      [true, [], 4096],
      [true, ["making"], [true, true]],
      [true, [], [true, true]],
    ]);
  });
});

async function mountGolden({ g }: Handle): Promise<void> {
  await g.mount({ mountable: "/dev/vg0/root", mountpoint: "/" });
}

async function memoryAndNetwork(handle: Handle): Promise<boolean[]> {
  await mountGolden(handle);
  const text = await handle.g.sh({ command: "cat /proc/meminfo; ls /sys/class/net" });
  const kibibytes = Number(/MemTotal: +(\d+) kB/.exec(text)?.[1]);
  return [kibibytes > 600 * 1024 && kibibytes < 768 * 1024, text.includes("eth0")];
}

async function driveOf(count: number, index: number): Promise<AddDrive> {
  const size = (index + 1) * MiB;
  const readonly = index % 4 >= 2;
  if (index % 2 === 0) return { filename: blank(`d${count}-${index}.img`, size), format: "raw", readonly };
  const filename = join(folder, `d${count}-${index}.qcow2`);
  writeFileSync(filename, "");
  await createImage(filename, "qcow2", BigInt(size), { env });
  return { filename, format: "qcow2", readonly };
}

describe("a launch that boots, by rule", () => {
  test.each([
    ["with GILD_DEBUG, whose point is the boot's log", { verbose: true }],
    ["with GILD_TEMPLATE=0", { template: false }],
  ])("%s", async (_name, more) => {
    const launched = await launch([], { ...more, launchTimeoutMs: 120_000 });
    const { restored } = launched.handle;
    await launched.handle.close();

    expect(restored).toBe(false);
    expect(kinds(launched)).toEqual([]);
  });
});

test(
  "twenty restores draw twenty different values of every kind, and know the time",
  { timeout: 300_000 },
  async () => {
    const drawn = new Map<string, Set<string>>();
    const draw = (kind: string, value: string): void => {
      const known = drawn.get(kind) ?? new Set<string>();
      drawn.set(kind, known.add(value.trim()));
    };
    const RESTORES = 20;

    for (let restore = 0; restore < RESTORES; restore += 1) {
      const drives = [blank("fs.img", 32 * MiB), blank("pv.img", 32 * MiB)];
      const begun = Date.now();
      const { handle } = await launch([
        ...drives.map((filename) => ({ filename, format: "raw" }) as const),
        { filename: goldenImage, format: "qcow2", readonly: true },
      ]);
      const launched = Date.now();
      const { g } = handle;
      expect(handle.restored).toBe(true);
      // One that counts ticks falls behind while the host is busy.
      const clock = "cat /sys/devices/system/clocksource/clocksource0/current_clocksource";
      expect(["tsc", "kvm-clock"]).toContain((await g.debug({ subcmd: "sh", extraargs: [clock] })).trim());
      await g.mkfs({ fstype: "ext4", device: "/dev/sda" });
      draw("filesystem", await g.vfs_uuid({ mountable: "/dev/sda" }));
      await g.pvcreate({ device: "/dev/sdb" });
      await g.vgcreate({ volgroup: "drawn", physvols: ["/dev/sdb"] });
      draw("volume group", await g.vguuid({ vgname: "drawn" }));
      await mountGolden(handle);
      draw("mkdtemp", await g.mkdtemp({ tmpl: "/tmp/XXXXXX" }));
      const script = "ssh-keygen -q -t ed25519 -N '' -f /tmp/key && cat /tmp/key.pub; cat /proc/sys/kernel/random/uuid";
      const [publicKey = "", uuid = ""] = await g.sh_lines({ command: script });
      draw("host key", publicKey);
      draw("kernel", uuid);
      draw("boot", await g.sh({ command: "cat /proc/sys/kernel/random/boot_id" }));
      const before = Date.now();
      const guest = Number(await g.sh({ command: "date +%s%3N" }));
      // Set to the host's time during the launch: late by no more than that took, and never ahead.
      expect(before - guest).toBeLessThanOrEqual(launched - begun);
      expect(guest).toBeLessThanOrEqual(Date.now());
      await handle.close();
    }

    for (const [kind, values] of drawn) expect([kind, values.size]).toEqual([kind, RESTORES]);
    expect(drawn.size).toBe(6);
  },
);

test("a disk that changed between two restores is seen as it is now", async () => {
  const disk = blank("changing.img", 64 * MiB);
  const first = await launch([{ filename: disk, format: "raw" }]);
  await first.handle.g.part_disk({ device: "/dev/sda", parttype: "gpt" });
  await first.handle.g.mkfs({ fstype: "ext4", device: "/dev/sda1", label: "one" });
  await first.handle.shutdown();
  const second = await launch([{ filename: disk, format: "raw" }]);
  const seen = [await second.handle.g.list_partitions(), await second.handle.g.vfs_label({ mountable: "/dev/sda1" })];
  await second.handle.close();
  blank("changing.img", 0);
  blank("changing.img", 32 * MiB);
  const third = await launch([{ filename: disk, format: "raw" }]);
  const then = await third.handle.g.list_partitions();
  const bytes = await third.handle.g.pread_device({ device: "/dev/sda", count: 64 * 1024, offset: 0n });
  await third.handle.g.pvcreate({ device: "/dev/sda" });
  await third.handle.g.vgcreate({ volgroup: "two", physvols: ["/dev/sda"] });
  await third.handle.shutdown();
  const fourth = await launch([{ filename: disk, format: "raw" }]);
  const last = await fourth.handle.g.vgs();
  const all = [first, second, third, fourth].map(kinds);
  await fourth.handle.close();

  expect(seen).toEqual([["/dev/sda1"], "one"]);
  expect(then).toEqual([]);
  expect(Buffer.from(bytes).equals(Buffer.alloc(64 * 1024))).toBe(true);
  expect(last).toEqual(["two"]);
  expect(all).toEqual([[], [], [], []]);
});

test(
  "a client killed at ten moments leaves no qemu, and a template that still serves",
  { timeout: 120_000 },
  async () => {
    await (await launch([])).handle.close();
    const disk = blank("killed.img", 16 * MiB);
    const argv = [GILD, "shell", "-a", disk, "--format", "raw", "--rw", "mkfs", "ext4", "/dev/sda"];
    // Spread over a run's half second, the same every time.
    const moments = [31, 77, 120, 168, 213, 259, 307, 365, 422, 490];

    for (const moment of moments) {
      const client = spawn(process.execPath, argv, { env, stdio: "ignore" });
      const ended = new Promise((resolve) => client.once("close", resolve));
      await wait(moment);
      client.kill("SIGKILL");
      await ended;
    }
    const left = await leftOver(disk);
    const launched = await launch([{ filename: disk, format: "raw" }]);
    const { restored } = launched.handle;
    await launched.handle.g.mkfs({ fstype: "ext4", device: "/dev/sda" });
    await launched.handle.shutdown();

    expect(left).toEqual([]);
    expect(restored).toBe(true);
    expect(kinds(launched)).toEqual([]);
  },
);

describe("a template that", () => {
  const spoil = (name: string, change: (file: string) => void): void => {
    for (const key of keys()) change(join(templates, key, name));
  };

  // What else is refused, ../engine/template/store.test.ts says: making a template again is a boot.
  test.each([
    ["has a flipped bit in its memory", "memory", flipBit],
    ["lost its state", "state", (file: string) => rmSync(file)],
  ])("%s is made again", async (_name, name, change) => {
    await (await launch([])).handle.close();
    spoil(name, change);

    const launched = await launch([]);
    const { restored } = launched.handle;
    await launched.handle.close();

    expect(restored).toBe(true);
    expect(kinds(launched)).toEqual(["making"]);
  });

  test("qemu cannot restore is given up: the launch boots and says why, and after a second time for good", async () => {
    const broken = join(folder, "broken");
    await (await launch([])).handle.close();
    spoil("state", breakState);
    await promisify(execFile)("cp", ["-a", templates, broken]);
    const outcomes: string[][] = [];
    for (let time = 0; time < 3; time += 1) {
      // A failure has removed it.
      await promisify(execFile)("cp", ["-a", "-T", broken, templates]);
      const launched = await launch([]);
      outcomes.push([String(launched.handle.restored), ...kinds(launched)]);
      await launched.handle.close();
    }
    rmSync(templates, { recursive: true });

    expect(outcomes).toEqual([
      ["false", "booting"],
      ["false", "booting"],
      ["false", "booting"],
    ]);
  });

  test("was not to blame when somebody killed qemu", async () => {
    await (await launch([])).handle.close();
    const notes: LaunchNote[] = [];
    for (let time = 0; time < 2; time += 1) {
      const handle = new Handle({ env, onNote: (note) => notes.push(note) });
      // Stands for the kernel of a host whose memory is short.
      const killer = setInterval(() => {
        if (killDescendantsNamed("qemu-system", process.pid)) clearInterval(killer);
      }, 1);
      await handle.launch();
      await handle.close();
    }
    const launched = await launch([]);
    const { restored } = launched.handle;
    await launched.handle.close();

    expect(notes.map(({ kind }) => kind)).toEqual(["booting", "booting"]);
    expect(restored).toBe(true);
    expect(kinds(launched)).toEqual([]);
  });

  test("cannot be kept anywhere is no reason not to launch", async () => {
    rmSync(templates, { recursive: true, force: true });
    writeFileSync(templates, "");

    const launched = await launch([]);
    const { restored } = launched.handle;
    await launched.handle.close();
    rmSync(templates);

    expect(restored).toBe(false);
    expect(launched.notes).toMatchObject([{ kind: "booting", text: expect.stringContaining("template: ") }]);
  });
});

function flipBit(file: string): void {
  const at = 40_000;
  const byte = readFileSync(file).subarray(at, at + 1);
  const fd = openSync(file, "r+");
  writeSync(fd, Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, at);
  closeSync(fd);
}

/** A stream that is no migration, with the digest that says it is as it was made. */
function breakState(file: string): void {
  writeFileSync(file, "no migration stream");
  const manifest = join(file, "../manifest.json");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(manifest, text.replace(/"state": "[0-9a-f]+"/, `"state": "${digestFile(file)}"`));
}

/** Processes that have the file on their command line, once they have had time to end. */
async function leftOver(file: string): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandLine(name).includes(file));
    if (found.length === 0 || tries === 100) return found;
    await wait(50);
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
