/** Initial RAM disks: archives one after the other, every compression, and what is broken. */
import { mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createCommands } from "../../guestfsd/command.ts";
import { initramfsMembers } from "../../guestfsd/initramfs.ts";
import { createSysroot } from "../../guestfsd/sysroot.ts";

const command = createCommands({ sysroot: createSysroot({ path: "/nonexistent" }), env: process.env });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gild-initramfs-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Name and content of every member. */
function read(image: Uint8Array): string[] {
  const path = join(folder, "initrd");
  writeFileSync(path, image);
  const members: string[] = [];
  for (const { name, content } of initramfsMembers(openSync(path, "r"), command)) {
    members.push(`${name}=${content().toString()}`);
  }
  return members;
}

function archive(members: Readonly<Record<string, string>>): Buffer {
  const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const parts = Object.entries({ ...members, "TRAILER!!!": "" }).map(([name, content], index) => {
    const size = Buffer.byteLength(content);
    const numbers = [index + 1, 0o100644, 0, 0, 1, 0, size, 0, 0, 0, 0, name.length + 1, 0];
    const header = `070701${numbers.map((number) => number.toString(16).padStart(8, "0")).join("")}${name}\0`;
    return Buffer.concat([padded(Buffer.from(header)), padded(Buffer.from(content))]);
  });
  return Buffer.concat(parts);
}

const EARLY = archive({ "kernel/x86/microcode/GenuineIntel.bin": "microcode" });
const MAIN = archive({ init: "#!/bin/sh\n", "bin/sh": "x".repeat(100_001) });
const BOTH = ["kernel/x86/microcode/GenuineIntel.bin=microcode", "init=#!/bin/sh\n", `bin/sh=${"x".repeat(100_001)}`];

describe("initramfsMembers", () => {
  it("reads archives one after the other, with zeroes between them", () => {
    expect(read(Buffer.concat([EARLY, Buffer.alloc(508), MAIN, Buffer.alloc(512)]))).toEqual(BOTH);
  });

  it.each([["gzip"], ["xz"], ["zstd"], ["bzip2"], ["xz", "--format=lzma"], ["lzop"]])(
    "reads an archive packed by %s after one that is not packed",
    (...argv) => {
      const packed = Buffer.from(command.run([...argv, "-c"], { stdin: MAIN }).stdout);

      expect(read(Buffer.concat([EARLY, packed]))).toEqual(BOTH);
    },
  );

  it("reads a header that lies across two reads", () => {
    const readSize = 1024 * 1024;
    const headerSize = 112;
    const filler = "y".repeat(2 * readSize - headerSize - 4);

    const more = "z".repeat(readSize);

    expect(read(archive({ a: filler, b: more }))).toEqual([`a=${filler}`, `b=${more}`]);
  });

  it("leaves nothing running or open when only the first member is wanted", () => {
    const path = join(folder, "initrd");
    writeFileSync(path, command.run(["gzip", "-c"], { stdin: MAIN }).stdout);
    const before = readdirSync("/proc/self/fd").length;

    for (const { name } of initramfsMembers(openSync(path, "r"), command)) {
      expect(name).toBe("init");
      break;
    }

    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  it.each([
    ["text", Buffer.from("this is no archive")],
    ["a header that is cut off", MAIN.subarray(0, 50)],
    ["a number that is none", Buffer.from(`070701${"zz".repeat(52)}`)],
    ["a name without end", Buffer.from(`070701${"0".repeat(88)}ffffffff${"0".repeat(8)}`)],
    ["a content that is cut off", MAIN.subarray(0, -1000)],
  ])("refuses %s", (_what, image) => {
    expect(() => read(image)).toThrow(/cpio archive/);
  });

  it("gives nothing for an empty file", () => {
    expect(read(Buffer.alloc(0))).toEqual([]);
  });
});
