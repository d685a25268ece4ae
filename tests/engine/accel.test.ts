/** The accelerator's choice, with hypervisors that hang, crash and work. */
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { chooseAccelerator, runGuest } from "../../engine/index.ts";
import { PROBE_STATUS, probeFirmware } from "../../engine/probe-code.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A hypervisor as a shell script, and a device that can be opened; `runs` says how often it was started. */
function options(name: string, script: string, limitMs = 15_000) {
  const home = mkdtempSync(join(folder, "case-"));
  const hv = join(home, name);
  const device = join(home, "kvm");
  writeFileSync(hv, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(device, "");
  const cachedir = join(home, "cache");
  const runs: (readonly string[])[] = [];
  const counted: typeof runGuest = (argv, most) => {
    runs.push(argv);
    return runGuest(argv, most);
  };
  return { hv, device, forced: undefined, cachedir, tmpdir: home, runGuest: counted, limitMs, runs };
}

test("KVM that runs the probe is used, and remembered", async () => {
  const given = options("works", `exit ${PROBE_STATUS}`);

  const first = await chooseAccelerator(given);
  const second = await chooseAccelerator(given);

  expect([first.name, second.name]).toEqual(["kvm", "kvm"]);
  expect(given.runs).toHaveLength(1);
  const [file = ""] = readdirSync(join(given.cachedir, "accelerator"));
  expect(statSync(join(given.cachedir, "accelerator", file)).mode & 0o777).toBe(0o600);
});

test("KVM that hangs is TCG, and remembered", async () => {
  const given = options("hangs", "exec sleep 60", 100);

  const first = await chooseAccelerator(given);
  const second = await chooseAccelerator(given);

  expect(first).toEqual({ name: "tcg", reason: "KVM ran no guest code within 0.1 s" });
  expect(second.name).toBe("tcg");
  expect(given.runs).toHaveLength(1);
});

test.each([
  ["crashes", "kill -SEGV $$"],
  ["refuses", "exit 1"],
  ["ends well without having run the guest", "exit 0"],
])("KVM that %s is TCG", async (_what, script) => {
  expect((await chooseAccelerator(options("qemu", script))).name).toBe("tcg");
});

test("a device that is absent is TCG without a probe", async () => {
  const given = options("qemu", `exit ${PROBE_STATUS}`);

  expect((await chooseAccelerator({ ...given, device: join(folder, "none") })).name).toBe("tcg");
  expect(given.runs).toHaveLength(0);
});

test("a changed hypervisor is probed again", async () => {
  const given = options("qemu", "exit 1");

  await chooseAccelerator(given);
  utimesSync(given.hv, 1, 1);
  await chooseAccelerator(given);

  expect(given.runs).toHaveLength(2);
});

test("a cache that cannot be written does no harm", async () => {
  const given = options("qemu", `exit ${PROBE_STATUS}`);

  expect((await chooseAccelerator({ ...given, cachedir: given.device })).name).toBe("kvm");
});

test.each(["kvm", "tcg"] as const)("force_%s is obeyed without a probe", async (forced) => {
  const given = options("qemu", "exit 1");

  expect((await chooseAccelerator({ ...given, forced })).name).toBe(forced);
  expect(given.runs).toHaveLength(0);
});

test("the probe's firmware runs to its end in a real qemu", async () => {
  const firmware = join(folder, "firmware");
  writeFileSync(firmware, probeFirmware());
  const machine = "-nodefaults -no-user-config -display none -machine pc -accel tcg -cpu max -m 16 -no-reboot";
  const exit = ["-device", "isa-debug-exit,iobase=0xf4,iosize=1"];

  const status = await runGuest(["qemu-system-x86_64", ...machine.split(" "), "-bios", firmware, ...exit], 15_000);

  expect(status).toBe(PROBE_STATUS);
});
