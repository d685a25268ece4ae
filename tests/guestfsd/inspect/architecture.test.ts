/** file_architecture through the daemon in memory: headers made here, compressed by the host's programs. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { makeGuest, type TestGuest } from "../guest.ts";
import { elf, windowsProgram } from "./made-up-guests.ts";

const asRoot = process.getuid?.() === 0;
let guest: TestGuest;

/** An archive in the "new ASCII" format. */
function cpio(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  const member = (name: string, data: Uint8Array, mode: number): Buffer => {
    const fields = [1, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length + 1, 0];
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${name}\0`;
    return Buffer.concat([padded(Buffer.from(header, "latin1")), padded(data)]);
  };
  const members = Object.entries(files).map(([name, data]) => member(name, data, 0o100755));
  return Buffer.concat([...members, member("TRAILER!!!", new Uint8Array(), 0)]);
}

function packed(program: string, bytes: Uint8Array): Uint8Array {
  const { status, stdout } = spawnSync(program, ["-c"], { input: bytes });
  if (status !== 0) throw new Error(`${program} failed`);
  return stdout;
}

function ask(content: Uint8Array | string): unknown {
  writeFileSync(join(guest.root, "file"), content);
  const { result, error } = guest.call("file_architecture", { filename: "/file" });
  return error === undefined ? result : error.errno;
}

const long = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(300_000, 7)]);
const microcode = cpio({ "kernel/x86/microcode/GenuineIntel.bin": Buffer.alloc(1000, 1) });
const initrd = cpio({ "etc/passwd": Buffer.from("root"), "bin/sh": Buffer.from("#!"), "usr/bin/kmod": elf(183) });

beforeEach(() => {
  guest = makeGuest();
});
afterEach(() => {
  guest.remove();
});

describe.skipIf(!asRoot)(`file_architecture${asRoot ? "" : " (needs root: the daemon changes its root)"}`, () => {
  test.each([
    ["x86_64", elf(62)],
    ["i386", elf(3, 32)],
    ["aarch64", elf(183)],
    ["arm", elf(40, 32)],
    ["ppc", elf(20, 32, "big")],
    ["ppc64", elf(21, 64, "big")],
    ["ppc64le", elf(21)],
    ["s390", elf(22, 32, "big")],
    ["s390x", elf(22, 64, "big")],
    ["sparc", elf(2, 32, "big")],
    ["sparc64", elf(43, 64, "big")],
    ["ia64", elf(50)],
    ["riscv32", elf(243, 32)],
    ["riscv64", elf(243)],
    ["loongarch64", elf(258)],
    ["i386", windowsProgram(0x14c)],
    ["x86_64", windowsProgram(0x8664)],
    ["aarch64", windowsProgram(0xaa64)],
  ])("of %s by its header", (wanted, bytes) => {
    expect(ask(bytes)).toBe(wanted);
  });

  test.each(["gzip", "bzip2", "xz", "zstd"])("of a kernel module behind %s", (program) => {
    expect(ask(packed(program, long(elf(183))))).toBe("aarch64");
  });

  test.each([
    ["as it is", initrd],
    ["compressed", gzipSync(initrd)],
    ["behind microcode", Buffer.concat([microcode, Buffer.alloc(512), initrd])],
    ["compressed behind microcode", Buffer.concat([microcode, Buffer.alloc(24), packed("zstd", initrd)])],
  ])("of an initrd %s", (_how, bytes) => {
    expect(ask(bytes)).toBe("aarch64");
  });

  test.each([
    ["text", "#!/bin/sh\n"],
    ["nothing", ""],
    ["a piece of a header", elf(62).subarray(0, 10)],
    ["an unknown machine", elf(0x7777)],
    ["a Windows program cut off", windowsProgram(0x8664).subarray(0, 100)],
    ["an archive without programs", microcode],
    ["an archive cut off", initrd.subarray(0, 150)],
    [
      "an archive with a negative mode",
      Buffer.from(initrd.toString("latin1").replace("000081ed", "-00081ed"), "latin1"),
    ],
  ])("refuses %s", (_what, bytes) => {
    expect(ask(bytes)).toBe("EINVAL");
  });

  test("refuses damaged compressed data with what the program says", () => {
    writeFileSync(join(guest.root, "file"), Buffer.concat([gzipSync(initrd).subarray(0, 60), Buffer.alloc(40, 1)]));

    expect(guest.call("file_architecture", { filename: "/file" }).error?.message).toMatch(/gzip/);
  });

  test("refuses a directory", () => {
    mkdirSync(join(guest.root, "folder"));

    expect(guest.call("file_architecture", { filename: "/folder" }).error?.errno).toBe("EISDIR");
  });
});
