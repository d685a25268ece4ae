import { expect, test } from "vitest";

import { elfArchitecture, parseOsRelease, readFacts, readHostname } from "../../engine/guest-facts.ts";
import { fakeGuest } from "./fake-guest.ts";

function elf(machine: number, bigEndian = false): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, bigEndian ? 2 : 1]);
  new DataView(bytes.buffer).setUint16(18, machine, !bigEndian);
  return bytes;
}

test("os-release is unquoted, and odd lines are left out", () => {
  const fields = parseOsRelease(`ID=debian\nVERSION_ID="12"\n# x\nNAME='A "b"'\nPRETTY_NAME="a\\"b"\nbad line\n=x\n`);

  expect(Object.fromEntries(fields)).toEqual({ ID: "debian", VERSION_ID: "12", NAME: 'A "b"', PRETTY_NAME: 'a"b' });
});

test.each([
  [elf(62), "x86_64"],
  [elf(183), "aarch64"],
  [elf(22, true), "s390x"],
  [elf(21), "ppc64le"],
  [new Uint8Array(4), ""],
  [elf(9999), ""],
])("architecture %#", (bytes, arch) => {
  expect(elfArchitecture(bytes)).toBe(arch);
});

test("facts of a Debian guest", async () => {
  const guest = fakeGuest({
    "/etc/os-release": { content: 'ID=debian\nVERSION_ID="12"\n' },
    "/usr/bin/apt-get": { content: "" },
    "/bin/true": { content: elf(62) },
    "/etc/hostname": { content: "web1\n" },
  });

  expect(await readFacts(guest, "/dev/sda1")).toEqual({
    root: "/dev/sda1",
    os: "linux",
    distro: "debian",
    version: "12",
    arch: "x86_64",
    packageManager: "apt",
  });
  expect(await readHostname(guest)).toBe("web1");
});

test("a hostile guest has no facts rather than wrong ones", async () => {
  const guest = fakeGuest({
    "/etc/os-release": { content: `ID=\u001B[31mevil\nVERSION_ID=${"9".repeat(5000)}\n` },
    "/bin/true": { content: "#!/bin/sh\n" },
    "/etc/hostname": { content: "x".repeat(10_000) },
  });

  const facts = await readFacts(guest, "/dev/sda1");

  expect(facts.distro).toBe("");
  expect(facts.version.length).toBeLessThanOrEqual(256);
  expect(facts.arch).toBe("");
  expect(await readHostname(guest)).toBe("");
});

test("without a root there are no facts", async () => {
  expect(await readFacts(fakeGuest({}), undefined)).toEqual({
    os: "",
    distro: "",
    version: "",
    arch: "",
    packageManager: "",
  });
});
