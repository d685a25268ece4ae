/** Images of other hypervisors (vmdk, vdi, vhdx): restored like any drive, read by every command, written only by handles. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Handle, type ForeignFormat } from "../../engine/index.ts";
import { gild, mustGild, mustRun, sha256File } from "./support/program.ts";
import { contentIn, makeSmallGuest, mustBeClean } from "./support/small-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-foreign-"));
const at = (name: string): string => join(folder, name);

beforeAll(async () => makeSmallGuest(at("small.img")));
afterAll(() => rmSync(folder, { recursive: true }));

async function converted(format: ForeignFormat, option?: string): Promise<string> {
  const options = option === undefined ? [] : ["-o", option];
  await mustRun("qemu-img", ["convert", "-O", format, ...options, at("small.img"), at(`small.${format}`)]);
  return at(`small.${format}`);
}

/** What a guest would see of an image, as a raw file. */
async function asRaw(image: string, format: string): Promise<string> {
  await mustRun("qemu-img", ["convert", "-f", format, "-O", "raw", image, at("seen.img")]);
  return at("seen.img");
}

test.each(["vmdk", "vdi", "vhdx"] as const)("a %s is restored, read, and written by a handle", async (format) => {
  const filename = await converted(format);
  const before = await sha256File(filename);
  const reader = new Handle({ env: process.env });
  reader.add_drive({ filename, format, readonly: true });
  await reader.launch();
  await reader.g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
  const seen = [reader.restored, await reader.g.cat({ path: "/etc/hostname" })];
  await reader.g.write({ path: "/srv/lost", content: "thrown away" });
  await reader.shutdown();
  const afterReading = await sha256File(filename);

  const writer = new Handle({ env: process.env });
  writer.add_drive({ filename, format });
  await writer.launch();
  await writer.g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
  await writer.g.write({ path: "/srv/kept", content: Buffer.alloc(3_000_000, "written ") });
  await writer.shutdown();

  expect(seen).toEqual([true, "small\n"]);
  expect(afterReading).toBe(before);
  await mustRun("qemu-img", ["check", "-q", "-f", format, filename]);
  const raw = await asRaw(filename, format);
  expect(await contentIn(raw, "/srv/kept")).toBe("written ".repeat(375_000));
  expect(await contentIn(raw, "/srv/lost")).toBe("");
  await mustBeClean(raw);
});

test("inspect, plan and apply -o take a vmdk for a whole machine; apply and shell --rw refuse it", async () => {
  const image = await converted("vmdk", "subformat=streamOptimized");
  const before = await sha256File(image);
  writeFileSync(at("recipe.yaml"), "version: 1\nsteps:\n  - write: { path: /srv/motd, content: changed }\n");
  const add = ["-q", "-a", image];

  const inspected = await mustGild(["inspect", image]);
  const planned = await mustGild(["plan", at("recipe.yaml"), ...add]);
  const applied = await gild(["apply", at("recipe.yaml"), ...add]);
  const shell = await gild(["shell", "--rw", "-a", image, "list_devices"]);
  await mustGild(["apply", at("recipe.yaml"), ...add, "-o", at("made.qcow2")]);

  expect(inspected).toContain("debian");
  expect(planned).toContain("/srv/motd");
  for (const refused of [applied, shell]) {
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("vmdk images are read, not written") });
  }
  expect(await contentIn(await asRaw(at("made.qcow2"), "qcow2"), "/srv/motd")).toBe("changed");
  expect(await sha256File(image)).toBe(before);
});
