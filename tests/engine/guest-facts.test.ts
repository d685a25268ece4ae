import { expect, test } from "vitest";

import { parseOsRelease, readFacts, readHostname } from "../../engine/guest-facts.ts";
import { fakeGuest } from "./fake-guest.ts";

test("os-release is unquoted, and odd lines are left out", () => {
  const fields = parseOsRelease(`ID=debian\nVERSION_ID="12"\n# x\nNAME='A "b"'\nPRETTY_NAME="a\\"b"\nbad line\n=x\n`);

  expect(Object.fromEntries(fields)).toEqual({ ID: "debian", VERSION_ID: "12", NAME: 'A "b"', PRETTY_NAME: 'a"b' });
});

test("facts of a Debian guest", async () => {
  const guest = fakeGuest({
    "/etc/os-release": { content: 'ID=debian\nVERSION_ID="12"\n' },
    "/usr/bin/apt-get": { content: "" },
    "/bin/true": { content: "" },
    "/bin/cat": { content: "", arch: "x86_64" },
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
    "/bin/true": { content: "", arch: "\u001B[31m" },
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
