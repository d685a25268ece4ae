/** The handle's states and its end, with a hypervisor that has no VM behind it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { Handle, openGuestfs } from "../../engine/index.ts";
import { makeFakeHost, type FakeMode } from "./fake-qemu.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
const disk = join(folder, "a,b:c.img");
writeFileSync(disk, Buffer.alloc(1024 * 1024));
afterAll(() => rmSync(folder, { recursive: true }));

function fake(mode: FakeMode) {
  return makeFakeHost(folder, mode);
}

function isRunning(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}

test("goes from CONFIG through LAUNCHING, READY and BUSY", async () => {
  const { env, tmpdir: temporary } = fake("ready");
  const handle = new Handle({ env });
  const states: string[] = [handle.get_state()];
  handle.add_drive({ filename: disk, format: "raw" });

  const launched = handle.launch();
  states.push(handle.get_state());
  await launched;
  states.push(handle.get_state());
  const call = handle.g.ping_daemon();
  states.push(handle.get_state());
  await call;
  await new Promise((resolve) => setImmediate(resolve));
  states.push(handle.get_state());
  const pid = handle.get_pid();
  await handle.shutdown();

  expect(states).toEqual(["CONFIG", "LAUNCHING", "READY", "BUSY", "READY"]);
  expect(isRunning(pid)).toBe(false);
  expect(readdirSync(temporary)).toEqual([]);
});

test("gives qemu the drives in order, with names as JSON, sandboxed and without network", async () => {
  const { env, argvFile } = fake("ready");
  await using handle = await openGuestfs({ env }, [
    { filename: disk, format: "raw", label: "one", blocksize: 4096 },
    { filename: disk, format: "raw", readonly: true },
  ]);

  const argv: unknown = JSON.parse(readFileSync(argvFile, "utf8"));
  const words = Array.isArray(argv) ? argv.map(String) : [];
  const nodes = words.flatMap((word, at): unknown[] => (words[at - 1] === "-blockdev" ? [JSON.parse(word)] : []));

  expect(handle.get_state()).toBe("READY");
  expect(nodes).toMatchObject([
    { driver: "raw", "node-name": "hd0", file: { driver: "file", filename: disk } },
    { driver: "qcow2", "node-name": "hd1", backing: { driver: "raw", "read-only": true, file: { filename: disk } } },
  ]);
  const disks = words.flatMap((word): unknown[] => (word.startsWith('{"driver":"scsi-hd"') ? [JSON.parse(word)] : []));
  expect(disks).toMatchObject([
    { drive: "hd0", "scsi-id": 0, serial: "one", physical_block_size: 4096, logical_block_size: 4096 },
    { drive: "hd1", "scsi-id": 1 },
  ]);
  expect(words).toContain("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
  expect(words.join(" ")).not.toContain("-netdev");
  expect(words.join(" ")).toContain("-nodefaults");
});

test("calls back at its events, until told not to", async () => {
  const { env } = fake("ready");
  const seen: string[] = [];
  const handle = new Handle({ env });
  const names = ["launch_done", "subprocess_quit", "close", "appliance", "trace"] as const;
  handle.set_event_callback(({ event }) => seen.push(event), names);
  const deleted = handle.set_event_callback(() => seen.push("never"), names);
  handle.delete_event_callback(deleted);

  await handle.launch();
  await handle.g.ping_daemon();
  await handle.shutdown();
  await handle.close();

  expect(new Set(seen)).toEqual(new Set(names));
  expect(seen.filter((event) => event !== "appliance")).toEqual([
    "launch_done",
    "trace",
    "trace",
    "subprocess_quit",
    "close",
  ]);
});

test("scratch disks, copy-on-read and qemu's own parameters", async () => {
  const { env, argvFile, tmpdir: temporary } = fake("ready");
  const handle = new Handle({ env });
  handle.add_drive_scratch({ size: 4096n, label: "blank" });
  handle.add_drive_ro({ filename: disk, format: "raw", copyonread: true });
  handle.config({ hvparam: "-name", hvvalue: "guest" });
  handle.set_autosync({ autosync: false });

  await handle.launch();
  const words: unknown = JSON.parse(readFileSync(argvFile, "utf8"));
  const text = JSON.stringify(words);
  await handle.shutdown();

  expect(text).toMatch(/blank0\.img/);
  expect(text).toMatch(/copy-on-read/);
  expect(Array.isArray(words) ? words.slice(-2) : []).toEqual(["-name", "guest"]);
  expect(readdirSync(temporary)).toEqual([]);
});

test("refuses calls before launch, drives after it, and a second launch", async () => {
  const { env } = fake("ready");
  const handle = new Handle({ env });
  expect(() => handle.g).toThrow("call launch() first");

  await handle.launch();
  try {
    expect(() => handle.add_drive({ filename: disk, format: "raw" })).toThrow("launched already");
    await expect(handle.launch()).rejects.toMatchObject({ name: "HandleError", code: "wrong-state" });
  } finally {
    await handle.close();
  }
  expect(() => handle.g).toThrow("call launch() first");
});

test.each([
  [{ filename: "", format: "raw" as const }],
  [{ filename: "x", format: "raw" as const, label: "no good" }],
  [{ filename: "x", format: "raw" as const, backing: { filename: "y", format: "raw" as const } }],
])("refuses the drive %j", (drive) => {
  const { env } = fake("ready");

  expect(() => new Handle({ env }).add_drive(drive)).toThrow(expect.objectContaining({ code: "bad-argument" }));
});

test("a hypervisor that ends at once is a LaunchError with its last words", async () => {
  const { env, tmpdir: temporary } = fake("exit");

  await expect(openGuestfs({ env }, [])).rejects.toMatchObject({
    name: "LaunchError",
    code: "launch-failed",
    console: ["console of the fake", "mode exit\\x07", "qemu: no good"],
  });
  expect(readdirSync(temporary)).toEqual([]);
});

test("an image that another qemu has open is told apart", async () => {
  const { env } = fake("locked");

  await expect(openGuestfs({ env }, [])).rejects.toMatchObject({ code: "drive-unusable" });
});

test("a daemon that never speaks is given up", async () => {
  const { env } = fake("silent");

  await expect(openGuestfs({ env, launchTimeoutMs: 300 }, [])).rejects.toMatchObject({ code: "launch-timeout" });
});

test("an abort ends the launch with the caller's reason", async () => {
  const { env, tmpdir: temporary } = fake("silent");
  const reason = new Error("enough");
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 200);

  await expect(openGuestfs({ env, signal: stop.signal }, [])).rejects.toBe(reason);
  expect(readdirSync(temporary)).toEqual([]);
});

test("close() ends a launch that is under way", async () => {
  const { env, tmpdir: temporary } = fake("silent");
  const handle = new Handle({ env });
  const outcome = handle.launch().catch((error: unknown) => error);

  await handle.close();

  expect(await outcome).toMatchObject({ name: "LaunchError", code: "closed" });
  expect(handle.get_pid()).toBeUndefined();
  expect(readdirSync(temporary)).toEqual([]);
});

test("a signal that was aborted before ends the launch before it starts", async () => {
  const { env } = fake("ready");

  await expect(openGuestfs({ env, signal: AbortSignal.abort(new Error("enough")) }, [])).rejects.toThrow("enough");
});

test("an abort in a call ends it with the caller's reason, and qemu with it", async () => {
  const { env } = fake("deaf");
  const reason = new Error("enough");
  const stop = new AbortController();
  const handle = await openGuestfs({ env, signal: stop.signal }, []);
  const pid = handle.get_pid();

  const call = handle.g.ping_daemon();
  setTimeout(() => stop.abort(reason), 50);

  await expect(call).rejects.toBe(reason);
  await handle.close();
  expect(isRunning(pid)).toBe(false);
});

test("wrong bytes instead of the launch flag are a ProtocolError", async () => {
  const { env } = fake("garbage");

  await expect(openGuestfs({ env }, [])).rejects.toMatchObject({ name: "ProtocolError" });
});

test("an appliance that dies in a call is a LaunchError with the console", async () => {
  const { env } = fake("die-on-call");
  const handle = await openGuestfs({ env }, []);

  const error: unknown = await handle.g.ping_daemon().catch((caught: unknown) => caught);
  await handle.close();

  expect(error).toMatchObject({ name: "LaunchError", code: "appliance-ended" });
  expect(String(error)).toContain("Kernel panic");
});

test("shutdown reports a qemu that ends badly; close does not", async () => {
  const { env } = fake("bad-exit");
  const first = await openGuestfs({ env }, []);
  const second = await openGuestfs({ env }, []);

  await expect(first.shutdown()).rejects.toMatchObject({ code: "shutdown-failed" });
  await expect(second.close()).resolves.toBeUndefined();
  await expect(second.close()).resolves.toBeUndefined();
});

test("shutdown reports a disk that did not take what was written", async () => {
  const { env } = fake("lost-write");
  const handle = await openGuestfs({ env }, []);

  await expect(handle.shutdown()).rejects.toMatchObject({ code: "shutdown-failed", message: /1 writes/u });
});

test("a missing hypervisor names the Debian package", async () => {
  const { env } = fake("ready");

  await expect(openGuestfs({ env: { ...env, GILD_HV: "", PATH: "/nowhere" } }, [])).rejects.toMatchObject({
    code: "qemu-missing",
    message: expect.stringContaining("apt install qemu-system-x86"),
  });
});

test("a missing drive is named", async () => {
  const { env } = fake("ready");

  await expect(openGuestfs({ env }, [{ filename: join(folder, "none"), format: "raw" }])).rejects.toMatchObject({
    code: "drive-unusable",
    message: expect.stringContaining("no such file"),
  });
});
