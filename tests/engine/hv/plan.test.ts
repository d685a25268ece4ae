/** What becomes of a launch where there is no template to restore it from. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { planLaunch, type Plan } from "../../../engine/hv/plan.ts";
import { makeFakeHost } from "../fake-qemu.ts";
import { commandLine } from "./real-command-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-hv-plan-"));
const { env } = makeFakeHost(folder, "ready");
const { GILD_HV: hv = "", GILD_PATH: oldStyle = "" } = env;
afterAll(() => rmSync(folder, { recursive: true }));

/** An appliance with as much of an ext superblock as is looked at. */
const fixed = join(folder, "fixed");
mkdirSync(fixed);
for (const name of ["README.fixed", "kernel", "initrd"]) writeFileSync(join(fixed, name), "");
const root = Buffer.alloc(4096);
root.writeUInt16LE(0xef53, 0x438);
writeFileSync(join(fixed, "root"), root);

async function plan(
  more: Readonly<Record<string, string | undefined>>,
  args = commandLine(),
  program = hv,
): Promise<Plan> {
  const { signal } = new AbortController();
  return planLaunch({ hv: program, args, env: { ...env, ...more }, tmpdir: folder, signal });
}

test.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
  ["no appliance", { GILD_PATH: join(folder, "none") }, commandLine()],
  ["an appliance without a root disk", { GILD_PATH: oldStyle }, commandLine()],
  ["a setting that makes no sense", { GILD_PATH: fixed, GILD_TEMPLATE: "perhaps" }, commandLine()],
  ["no cache", { GILD_CACHEDIR: "", HOME: "" }, commandLine()],
  ["a rescue shell", { GILD_PATH: fixed }, commandLine({ append: "guestfs_rescue=1" })],
  ["too little memory", { GILD_PATH: fixed }, commandLine({ memsize: "128" })],
  ["no command line at all", { GILD_PATH: fixed }, ["disk.img"]],
])("leaves the launch as it is: %s", async (_what, more, args) => {
  const { kind, argv, reason, restore } = await plan(more, args);

  expect({ kind, argv, restore }).toEqual({ kind: "unchanged", argv: [hv, ...args], restore: undefined });
  expect(reason).not.toBe("");
});

test("leaves the launch as it is when there is no hypervisor", async () => {
  const { kind, argv } = await plan({ GILD_PATH: fixed }, commandLine(), "no-such-qemu");

  expect({ kind, argv }).toEqual({ kind: "unchanged", argv: ["no-such-qemu", ...commandLine()] });
});

test.each<[string, readonly string[]]>([
  ["an appliance that is not gild's own", commandLine()],
  ["an option that is not understood", commandLine({ more: ["-device", "ich9-intel-hda"] })],
])("boots the appliance: %s", async (_what, args) => {
  const { kind, argv, restore } = await plan({ GILD_PATH: fixed }, args);

  expect({ kind, restore }).toEqual({ kind: "boot", restore: undefined });
  expect(argv[0]).toBe(hv);
  expect(argv).toEqual(expect.arrayContaining([join(fixed, "kernel"), join(fixed, "initrd")]));
});

test("ends with its caller's reason", async () => {
  const reason = new Error("the process has ended");

  const planned = planLaunch({
    hv,
    args: commandLine(),
    env: { ...env, GILD_PATH: join(folder, "none") },
    tmpdir: folder,
    signal: AbortSignal.abort(reason),
  });

  await expect(planned).rejects.toBe(reason);
});
