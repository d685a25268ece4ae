/** What probeImage accepts and refuses: formats, references to other files, hostile headers. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import { createOverlay, probeImage, type ImageErrorCode } from "../../engine/index.ts";
import { readQcow2Header } from "../../engine/qcow2-header.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
const env = { PATH: process.env["PATH"] ?? "" };
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Uint8Array | string, size?: number): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  if (size !== undefined) truncateSync(path, size);
  return path;
}

function qemuImg(...args: string[]): void {
  execFileSync("qemu-img", args, { stdio: "ignore" });
}

function qcow2(name: string, ...options: string[]): string {
  const path = join(folder, name);
  qemuImg("create", "-f", "qcow2", ...options, path, ...(options.includes("-b") ? [] : ["64M"]));
  return path;
}

function foreign(name: string, format: string, ...options: string[]): string {
  const path = join(folder, name);
  rmSync(path, { force: true });
  qemuImg("create", "-f", format, ...options.flatMap((option) => ["-o", option]), path, "64M");
  return path;
}

function childVmdk(): string {
  const path = join(folder, "child.vmdk");
  qemuImg("create", "-f", "vmdk", "-b", foreign("parent.vmdk", "vmdk"), "-F", "vmdk", path);
  return path;
}

function at(offset: number, bytes: string): Buffer {
  const buffer = Buffer.alloc(offset + bytes.length);
  buffer.write(bytes, offset, "latin1");
  return buffer;
}

const base = file("base.raw", at(510, "\x55\xaa"), 1024 * 1024);

test("finds a qcow2 and its size", async () => {
  expect(await probeImage(qcow2("a.qcow2"), { env })).toMatchObject({
    format: "qcow2",
    virtualSize: 64n << 20n,
    kind: "file",
  });
});

test.each([
  ["vmdk", "subformat=monolithicSparse"],
  ["vmdk", "subformat=streamOptimized"],
  ["vdi", "static=off"],
  ["vhdx", "subformat=dynamic"],
  ["vhdx", "subformat=fixed"],
])("finds a %s with %s and its size", async (format, option) => {
  const path = foreign("foreign", format, option);

  const found = { format, virtualSize: 64n << 20n, kind: "file", snapshots: 0 };
  expect(await probeImage(path, { env })).toMatchObject(found);
  expect(await probeImage(path, { env, format })).toMatchObject(found);
});

test.each([
  ["a partition table", at(510, "\x55\xaa")],
  ["an ext filesystem", at(0x438, "\x53\xef")],
  ["an LVM physical volume", at(0x200, "LABELONE")],
  ["nothing but zeros", ""],
])("finds a raw disk with %s", async (_what, content) => {
  const path = file("b.raw", content, 1024 * 1024);

  expect(await probeImage(path, { env })).toMatchObject({ format: "raw", virtualSize: 1n << 20n });
});

describe("refuses", () => {
  const cases: readonly (readonly [string, () => string, string | undefined, ImageErrorCode])[] = [
    ["a missing file", () => join(folder, "none"), undefined, "missing"],
    ["a folder", () => folder, undefined, "not-an-image"],
    ["an empty file", () => file("c", ""), undefined, "not-an-image"],
    ["text", () => file("c", "hello\n".repeat(1024)), undefined, "not-an-image"],
    ["whole sectors of text", () => file("c", "x".repeat(4096)), undefined, "not-an-image"],
    ["gzip", () => file("c", at(0, "\x1f\x8b"), 4096), undefined, "not-an-image"],
    ["half a sector", () => file("c", "", 1000), "raw", "not-an-image"],
    ["VHD", () => file("c", "conectix", 4096), undefined, "unsupported-format"],
    [
      "a VMDK in several files",
      () => foreign("c", "vmdk", "subformat=monolithicFlat"),
      undefined,
      "unsupported-format",
    ],
    ["a VMDK that says where its data is", () => file("c", "KDMV", 4096), undefined, "refers-elsewhere"],
    ["a VMDK with a parent", () => childVmdk(), undefined, "refers-elsewhere"],
    ["half a VHDX", () => file("c", readFileSync(foreign("d", "vhdx")).subarray(0, 65_536)), undefined, "corrupt"],
    ["a format it does not open", () => base, "qed", "unsupported-format"],
    ["raw called qcow2", () => base, "qcow2", "wrong-format"],
    ["raw called vmdk", () => base, "vmdk", "wrong-format"],
    ["a VDI called vmdk", () => foreign("d", "vdi"), "vmdk", "wrong-format"],
    ["qcow2 with a backing file", () => qcow2("d", "-b", base, "-F", "raw"), undefined, "refers-elsewhere"],
    [
      "qcow2 with a data file",
      () => qcow2("e", "-o", `data_file=${join(folder, "e.data")}`),
      undefined,
      "refers-elsewhere",
    ],
    ["half a qcow2 header", () => file("f", at(0, "QFI\xfb\0\0\0\x03"), 90), undefined, "corrupt"],
    ["a qcow2 header and nothing else", () => file("g", qcow2Head({}), 512), undefined, "corrupt"],
    ["a qcow2 of an unknown version", () => file("h", qcow2Head({ version: 9 }), 512), undefined, "corrupt"],
    ["a qcow2 encrypted", () => file("i", qcow2Head({ crypt: 2 }), 512), undefined, "encrypted"],
    [
      "a backing name outside the file",
      () => file("j", qcow2Head({ nameOffset: 1n << 60n, nameSize: 8 }), 512),
      undefined,
      "corrupt",
    ],
  ];

  test.each(cases)("%s", async (_what, make, format, code) => {
    await expect(probeImage(make(), { env, format })).rejects.toMatchObject({ name: "ImageError", code });
  });

  test.each(["json:{}", "nbd://host/x", "fat:rw:/"])("the backing file %s, even when allowed", async (name) => {
    const head = Buffer.concat([qcow2Head({ nameOffset: 104n, nameSize: name.length }), Buffer.from(name)]);
    const path = file("k", head, 4096);

    await expect(probeImage(path, { env, allow: [name, base] })).rejects.toMatchObject({ code: "refers-elsewhere" });
  });
});

test("raw is raw when the user says so, whatever its header says", async () => {
  const path = file("l", qcow2Head({}), 4096);

  expect(await probeImage(path, { env, format: "raw" })).toMatchObject({ format: "raw", virtualSize: 4096n });
});

test("an allowed backing file comes back as a drive source", async () => {
  const path = join(folder, "overlay.qcow2");
  await createOverlay({ path, backing: { filename: base, format: "raw" }, env });

  const image = await probeImage(path, { env, allow: [base] });

  expect(image).toMatchObject({ format: "qcow2", backing: { filename: base, format: "raw" }, virtualSize: 1n << 20n });
});

test.each(["qcow2", "vmdk"] as const)("an overlay of a %s does not open what the header names", async (format) => {
  const lower = join(folder, `lower.${format}`);
  qemuImg("create", "-f", format, lower, "1M");
  const upper = join(folder, `upper.${format}`);
  qemuImg("create", "-f", format, "-b", lower, "-F", format, upper);
  rmSync(lower);
  const path = join(folder, `over-${format}.qcow2`);

  await createOverlay({ path, backing: { filename: upper, format }, env });

  expect(statSync(path).size).toBeGreaterThan(0);
});

test("an overlay is readable by its owner only and never replaces a file", async () => {
  mkdirSync(join(folder, "sub"));
  const path = join(folder, "sub", "o,v:l.qcow2");

  await createOverlay({ path, backing: { filename: base, format: "raw" }, env });

  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(createOverlay({ path, backing: { filename: base, format: "raw" }, env })).rejects.toMatchObject({
    code: "EEXIST",
  });
});

test("no header makes the reader throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
      const head = Buffer.concat([Buffer.from("QFI\xfb\0\0\0\x03", "latin1"), tail]);
      expect(["string", "object"]).toContain(typeof readQcow2Header(head));
    }),
    { numRuns: 2000 },
  );
});

interface Fields {
  readonly version?: number;
  readonly crypt?: number;
  readonly nameOffset?: bigint;
  readonly nameSize?: number;
}

function qcow2Head({ version = 3, crypt = 0, nameOffset = 0n, nameSize = 0 }: Fields): Buffer {
  const head = Buffer.alloc(104);
  head.write("QFI\xfb", 0, "latin1");
  head.writeUInt32BE(version, 4);
  head.writeBigUInt64BE(nameOffset, 8);
  head.writeUInt32BE(nameSize, 16);
  head.writeUInt32BE(16, 20);
  head.writeBigUInt64BE(1n << 20n, 24);
  head.writeUInt32BE(crypt, 32);
  head.writeUInt32BE(104, 100);
  return head;
}
