/** Names of osinfo-db, as Debian's libguestfs 1.48.6 gave them for the same answers of the daemon. */
import { expect, test } from "vitest";

import { osinfoId, type OsinfoFacts } from "../../../engine/library/osinfo.ts";

const unknown = { product_name: "unknown", product_variant: "unknown", build_id: "unknown" };

test.each([
  ["debian12", "linux", "debian", 12, 4],
  ["unknown", "linux", "debian", 0, 0],
  ["debian3.1", "linux", "debian", 3, 1],
  ["ubuntu22.04", "linux", "ubuntu", 22, 4],
  ["ubuntu10.10", "linux", "ubuntu", 10, 10],
  ["linuxmint13.0", "linux", "linuxmint", 13, 0],
  ["fedora38", "linux", "fedora", 38, 0],
  ["mageia2", "linux", "mageia", 2, 0],
  ["rhel9.2", "linux", "rhel", 9, 2],
  ["centos9", "linux", "centos", 9, 0],
  ["centos8", "linux", "centos", 8, 3],
  ["centos7.0", "linux", "centos", 7, 9],
  ["centos5.8", "linux", "centos", 5, 8],
  ["rocky9", "linux", "rocky", 9, 1],
  ["sles15sp4", "linux", "sles", 15, 4],
  ["sles12", "linux", "sles", 12, 0],
  ["opensuse15.4", "linux", "opensuse", 15, 4],
  ["alt10.1", "linux", "altlinux", 10, 1],
  ["altlinux6.0", "linux", "altlinux", 6, 0],
  ["archlinux", "linux", "archlinux", 0, 0],
  ["gentoo", "linux", "gentoo", 2, 1],
  ["voidlinux", "linux", "voidlinux", 0, 0],
  ["unknown", "linux", "unknown", 3, 1],
  ["freebsd9.0", "freebsd", "freebsd", 9, 0],
  ["openbsd0.0", "openbsd", "openbsd", 0, 0],
  ["msdos6.22", "dos", "msdos", 0, 0],
  ["unknown", "dos", "freedos", 0, 0],
  ["unknown", "hurd", "debian", 7, 0],
] as const)("%s is %s %s %d.%d", (wanted, type, distro, major, minor) => {
  expect(osinfoId({ type, distro, major, minor, ...unknown })).toBe(wanted);
});

test.each([
  ["win7", 6, 1, "Windows 7", "Client", "7601"],
  ["win2k8r2", 6, 1, "Windows Server 2008 R2", "Server", "7601"],
  ["win10", 10, 0, "Windows 10 Pro", "Client", "19045"],
  ["win11", 10, 0, "Windows 10 Pro", "Client", "22000"],
  ["win2k16", 10, 0, "Windows Server 2016 Standard", "Server", "14393"],
  ["win2k22", 10, 0, "Windows Server 2022 Datacenter", "Server Core", "20348"],
  ["winxp", 5, 1, "Microsoft Windows XP", "unknown", "2600"],
  ["win2k3r2", 5, 2, "Windows Server 2003 R2", "unknown", "3790"],
  ["unknown", 4, 0, "Windows NT", "unknown", "1381"],
] as const)("%s is Windows %d.%d, %s", (wanted, major, minor, product_name, product_variant, build_id) => {
  const facts: OsinfoFacts = {
    type: "windows",
    distro: "windows",
    major,
    minor,
    product_name,
    product_variant,
    build_id,
  };

  expect(osinfoId(facts)).toBe(wanted);
});
