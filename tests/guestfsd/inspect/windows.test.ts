/** A Windows by its files and registry, and its drive letters by tables on image files. Hives are made with libhivex. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createCommands } from "../../../guestfsd/command.ts";
import type { Devices } from "../../../guestfsd/context.ts";
import { detectSystem } from "../../../guestfsd/inspect/detect.ts";
import { driveMappings } from "../../../guestfsd/inspect/drive-letters.ts";
import { GuestFiles } from "../../../guestfsd/inspect/guest-files.ts";
import type { System } from "../../../guestfsd/inspect/system.ts";
import { createSysroot } from "../../../guestfsd/sysroot.ts";
import { makeGuest, type TestGuest } from "../guest.ts";
import { windowsProgram, writeFiles, type MadeUpFiles } from "./made-up-guests.ts";
import { makeHive, SOFTWARE, system, type HiveTree } from "./make-hive.ts";

const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root: the daemon changes its root directory"]),
  ...(existsSync("/usr/lib/x86_64-linux-gnu/libhivex.so.0") ? [] : ["libhivex"]),
  ...(existsSync("/sbin/sfdisk") || existsSync("/usr/sbin/sfdisk") ? [] : ["sfdisk"]),
];
const needs = missing.length === 0 ? "" : ` (needs ${missing.join(", ")})`;

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
});
afterEach(() => {
  guest.remove();
});

async function writeHive(path: string, tree: HiveTree): Promise<void> {
  await makeHive(
    async (name, args) => {
      const { error, result } = guest.call(name, args);
      if (error !== undefined) throw new Error(`${name}: ${error.message}`);
      return result;
    },
    path,
    tree,
  );
}

function detect(files: MadeUpFiles = {}): System | undefined {
  writeFiles(guest.root, files);
  const sysroot = createSysroot({ path: guest.root, standalone: true });
  return detectSystem(new GuestFiles(sysroot), createCommands({ sysroot, env: process.env }));
}

const WINDOWS: MadeUpFiles = { "/WINDOWS/system32/config": null, "/WINDOWS/system32/cmd.exe": windowsProgram(0x8664) };

describe.skipIf(missing.length > 0)(`a Windows${needs}`, () => {
  test("is described by its registry", async () => {
    writeFiles(guest.root, WINDOWS);
    await writeHive("/WINDOWS/system32/config/SOFTWARE", SOFTWARE);
    await writeHive("/WINDOWS/system32/config/System", system({}));

    expect(detect()).toEqual({
      type: "windows",
      distro: "windows",
      productName: "Windows 10 Pro",
      productVariant: "Client",
      buildId: "19045",
      version: { major: 10, minor: 0 },
      arch: "x86_64",
      hostname: "win10",
      windows: {
        systemroot: "/WINDOWS",
        softwareHive: "/WINDOWS/system32/config/SOFTWARE",
        systemHive: "/WINDOWS/system32/config/System",
        controlSet: "ControlSet002",
        hasGroupPolicy: true,
        mountedDevices: [],
      },
    });
  });

  test("of before Windows 10 has its version as text", async () => {
    writeFiles(guest.root, WINDOWS);
    const current = { "=ProductName": "Windows 7", "=CurrentVersion": "6.1" };
    await writeHive("/WINDOWS/system32/config/software", { Microsoft: { "Windows NT": { CurrentVersion: current } } });

    const found = detect();

    expect(found).toMatchObject({ version: { major: 6, minor: 1 }, windows: { hasGroupPolicy: false } });
    expect(found?.windows?.systemHive).toBeUndefined();
  });

  test("is found in the folder that boot.ini names", () => {
    const found = detect({
      "/boot.ini": '[operating systems]\r\nmulti(0)disk(0)rdisk(0)partition(1)\\XPSP3="Windows XP" /fastdetect\r\n',
      "/xpsp3/System32/Config": null,
      "/xpsp3/System32/CMD.EXE": "",
    });

    expect(found).toMatchObject({ type: "windows", windows: { systemroot: "/xpsp3" } });
    expect(found?.arch).toBeUndefined();
  });

  test.each([
    ["no hive", {}],
    ["hives of text", { "/WINDOWS/system32/config/SOFTWARE": "regf nonsense", "/WINDOWS/system32/config/SYSTEM": "" }],
    ["a hive that leads out", { "/WINDOWS/system32/config/SOFTWARE": "-> /../../../../etc/passwd" }],
    ["a hive that is a folder", { "/WINDOWS/system32/config/SOFTWARE": null }],
  ] satisfies [string, MadeUpFiles][])("with %s is a Windows of which little is known", (_what, files) => {
    const found = detect({ ...WINDOWS, ...files });

    expect(found).toMatchObject({ type: "windows", distro: "windows", arch: "x86_64" });
    expect(found?.productName).toBeUndefined();
  });

  test("without a system folder is none", () => {
    expect(detect({ "/Windows/System32/config": null })).toBeUndefined();
  });
});

describe.skipIf(missing.length > 0)(`drive letters${needs}`, () => {
  const GUID = "01234567-89ab-cdef-0123-456789abcdef";

  function image(name: string, script: string): string {
    const path = join(guest.outside, name);
    writeFileSync(path, "");
    truncateSync(path, 16 * 1024 * 1024);
    const { status, stderr } = spawnSync("sfdisk", ["--quiet", path], { input: script, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return path;
  }

  function mbr(id: number, offset: bigint): Uint8Array {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32LE(id);
    bytes.writeBigUInt64LE(offset, 4);
    return bytes;
  }

  const gpt = Buffer.concat([Buffer.from("DMIO:ID:"), Buffer.from("67452301ab89efcd0123456789abcdef", "hex")]);

  test("are the partitions that the registry means", () => {
    mkdirSync(guest.outside, { recursive: true });
    const images: Readonly<Record<string, string>> = {
      "/dev/sda": image("mbr.img", "label: dos\nlabel-id: 0x1234abcd\nstart=2048, size=4096\nstart=8192, size=4096\n"),
      "/dev/sdb": image("gpt.img", `label: gpt\nsize=2048\nsize=2048, uuid=${GUID}\n`),
      "/dev/sdc": join(guest.outside, "secret"),
    };
    const devices: Devices = {
      labels: () => [],
      list: () => Object.keys(images),
      toReal: (name) => images[name] ?? name,
      toApi: (name) => name,
      isDevice: () => true,
    };

    const found = driveMappings(
      [
        { name: "\\DosDevices\\C:", data: mbr(0x1234abcd, 8192n * 512n) },
        { name: "\\DosDevices\\D:", data: mbr(0x1234abcd, 2048n * 512n) },
        { name: "\\DosDevices\\e:", data: gpt },
        { name: "\\DosDevices\\F:", data: mbr(0x1234abcd, 4096n * 512n) },
        { name: "\\DosDevices\\G:", data: mbr(1, 8192n * 512n) },
        { name: "\\DosDevices\\H:", data: Buffer.from("\\\\??\\CDROM", "utf16le") },
        { name: "\\??\\Volume{guid}", data: mbr(0x1234abcd, 8192n * 512n) },
      ],
      devices,
    );

    expect(found).toEqual([
      ["C", "/dev/sda2"],
      ["D", "/dev/sda1"],
      ["e", "/dev/sdb2"],
    ]);
  });
});
