/**
 * What systems are found to be, against what Debian's libguestfs 1.48.6 said of the same files on a disk
 * (fixtures/inspection; taken with guestfish). Where we know better it is listed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createCommands } from "../../../guestfsd/command.ts";
import { detectSystem, isCoreosUsr } from "../../../guestfsd/inspect/detect.ts";
import { GuestFiles } from "../../../guestfsd/inspect/guest-files.ts";
import { createSysroot } from "../../../guestfsd/sysroot.ts";
import { coreosUsr, linuxGuests, otherGuests, writeFiles, type MadeUpFiles } from "./made-up-guests.ts";

const asRoot = process.getuid?.() === 0;

interface Answer {
  readonly type: string;
  readonly distro: string;
  readonly product_name: string;
  readonly arch: string;
  readonly hostname: string;
  readonly package_format: string;
  readonly package_management: string;
  readonly version: string;
}

// Written by us, in this form.
const JUDGED = JSON.parse(
  readFileSync(new URL("../../fixtures/inspection/libguestfs-1.48.6.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Answer | null>>;

const deb = { package_format: "deb", package_management: "apt" };
/** A distribution that 1.48.6 has no name for is called by its ID; OpenBSD it takes for FreeBSD. */
const BETTER: Readonly<Record<string, Partial<Answer>>> = {
  "mint 21": { distro: "linuxmint", ...deb },
  "oracle 8": { distro: "oraclelinux", package_format: "rpm", package_management: "dnf" },
  mageia: {
    distro: "mageia",
    product_name: "Mageia release 2 (Official) for x86_64",
    version: "2.0",
    package_format: "rpm",
    package_management: "urpmi",
  },
  mandriva: {
    distro: "mandriva",
    product_name: "Mandriva Linux release 2010.1 (Official) for x86_64",
    version: "2010.1",
    package_format: "rpm",
    package_management: "urpmi",
  },
  "mandriva by lsb": { distro: "mandriva", package_format: "rpm", package_management: "urpmi" },
  "buildroot with os-release": { distro: "buildroot" },
  amazon: { distro: "amzn" },
  neon: { distro: "neon" },
  nixos: { distro: "nixos" },
  // The judge had its /usr too.
  coreos: { product_name: "unknown", arch: "unknown", version: "0.0" },
  openbsd: { type: "openbsd", distro: "openbsd", hostname: "ob.example.com" },
  "fresh openbsd": { type: "openbsd", distro: "openbsd" },
  "hurd arch": { distro: "archlinux", package_format: "pacman", package_management: "pacman" },
};

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gild-detect-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function guestOf(files: MadeUpFiles): GuestFiles {
  writeFiles(folder, files);
  return new GuestFiles(createSysroot({ path: folder, standalone: true }));
}

function answer(files: MadeUpFiles): Answer | null {
  const guest = guestOf(files);
  const system = detectSystem(guest, createCommands({ sysroot: guest.sysroot, env: process.env }));
  if (system === undefined) return null;
  const { type, distro, productName, arch, hostname, packages, version } = system;
  return {
    type,
    distro: distro ?? "unknown",
    product_name: productName ?? "unknown",
    arch: arch ?? "unknown",
    hostname: hostname ?? "unknown",
    package_format: packages?.format ?? "unknown",
    package_management: packages?.management ?? "unknown",
    version: `${version?.major ?? 0}.${version?.minor ?? 0}`,
  };
}

describe.skipIf(!asRoot)(`a filesystem${asRoot ? "" : " (needs root: the daemon changes its root directory)"}`, () => {
  test.each([...linuxGuests, ...otherGuests])("of $name", ({ name, files }) => {
    const judged = JUDGED[name];
    const wanted = judged === null || judged === undefined ? judged : { ...judged, ...BETTER[name] };

    expect(answer(files)).toEqual(wanted);
  });

  test("of a distribution nobody knows: its packages by its programs", () => {
    const found = answer({
      "/etc/os-release": "ID=neon\n",
      "/etc/hosts": "",
      "/bin/sh": "#!",
      "/usr/bin/apt-get": "",
    });

    expect(found).toMatchObject({ distro: "neon", package_format: "deb", package_management: "apt", arch: "unknown" });
  });

  test("of a Fedora with dnf", () => {
    const found = answer({
      "/etc/os-release": "ID=fedora\nVERSION_ID=41\n",
      "/etc/hosts": "",
      "/bin/sh": "",
      "/usr/bin/dnf5": "",
      "/usr/bin/dnf": "-> dnf5",
    });

    expect(found).toMatchObject({ version: "41.0", package_management: "dnf" });
  });

  test("of CoreOS's /usr", () => {
    expect(isCoreosUsr(guestOf(coreosUsr))).toBe(true);
    expect(answer(coreosUsr)).toBeNull();
  });

  test.each([
    ["a link out of the guest", { "/etc/os-release": "-> /../../../../../../etc/os-release" }],
    ["a directory", { "/etc/os-release": null }],
    ["a loop", { "/etc/os-release": "-> os-release" }],
    ["too large", { "/etc/os-release": `ID=debian\n${"#".repeat(2 << 20)}` }],
    ["bytes", { "/etc/os-release": Uint8Array.from({ length: 256 }, (_, byte) => byte) }],
  ] satisfies [string, MadeUpFiles][])("whose os-release is %s", (_what, files) => {
    expect(answer({ "/etc/hosts": "", "/bin/sh": "", ...files })).toMatchObject({ type: "linux", distro: "unknown" });
  });
});
