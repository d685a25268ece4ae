import { expect, test } from "vitest";

import { comparePackages, installedIn, rpmDatabaseOf } from "../../../engine/diff/packages.ts";
import { bytesFromText } from "../../../schemas/index.ts";

const change = (path: string, before: string, after: string) =>
  comparePackages(installedIn(path, bytesFromText(before)) ?? [], installedIn(path, bytesFromText(after)) ?? []);

const dpkg = (name: string, version: string, arch = "amd64", status = "installed"): string =>
  `Package: ${name}\nStatus: install ok ${status}\nArchitecture: ${arch}\nVersion: ${version}\n\n`;

test("dpkg: versions as it writes them, each architecture for itself, what left its configuration is gone", () => {
  const before = dpkg("libc6", "2.36-9", "i386") + dpkg("libc6", "2.36-9") + dpkg("vim", "2:9.0-1") + dpkg("gone", "1");
  const after = dpkg("libc6", "2.36-9", "i386") + dpkg("libc6", "2.36-10") + dpkg("gone", "1", "amd64", "config-files");

  expect(change("/var/lib/dpkg/status", before, after)).toEqual([
    { name: "gone", arch: "amd64", before: "1" },
    { name: "libc6", arch: "amd64", before: "2.36-9", after: "2.36-10" },
    { name: "vim", arch: "amd64", before: "2:9.0-1" },
  ]);
});

test("apk: the release is written with an r", () => {
  const after = "P:musl\nV:1.2.4-r2\nA:x86_64\n\nP:tz\nV:2024a\nA:noarch\n";

  expect(change("/lib/apk/db/installed", "", after)).toEqual([
    { name: "musl", arch: "x86_64", after: "1.2.4-r2" },
    { name: "tz", arch: "noarch", after: "2024a" },
  ]);
});

test("pacman: a folder for each version, which is one package", () => {
  const desc = (name: string, version: string) =>
    installedIn(
      `/var/lib/pacman/local/${name}-${version}/desc`,
      bytesFromText(`%NAME%\n${name}\n\n%VERSION%\n${version}\n\n%ARCH%\nx86_64\n\n`),
    ) ?? [];

  const changes = comparePackages(desc("nginx", "1.24.0-1"), [...desc("nginx", "1.26.0-1"), ...desc("vim", "1:9.1-2")]);

  expect(changes).toEqual([
    { name: "nginx", arch: "x86_64", before: "1.24.0-1", after: "1.26.0-1" },
    { name: "vim", arch: "x86_64", after: "1:9.1-2" },
  ]);
});

test.each([
  ["/etc/passwd", dpkg("a", "1"), undefined],
  ["/var/lib/dpkg/status", "\0\x01 no packages", undefined],
  ["/lib/apk/db/installed", "Package: a\n", undefined],
  ["/var/lib/pacman/local/a-1/desc", "a\n", undefined],
  ["/var/lib/dpkg/status", "", []],
  ["/var/lib/dpkg/status", dpkg("a", "1", "amd64", "config-files"), []],
])("%s with %j is a list of %j", (path, content, installed) => {
  expect(installedIn(path, bytesFromText(content))).toEqual(installed);
});

test("several versions at once: each comes and goes for itself", () => {
  const kernel = (version: string) => ({ name: "kernel", arch: "x86_64", version });

  expect(comparePackages([kernel("1"), kernel("2")], [kernel("2"), kernel("3")])).toEqual([
    { name: "kernel", arch: "x86_64", before: "1" },
    { name: "kernel", arch: "x86_64", after: "3" },
  ]);
  expect(comparePackages([kernel("1")], [kernel("1"), kernel("2")])).toEqual([
    { name: "kernel", arch: "x86_64", after: "2" },
  ]);
});

test.each([
  ["/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite"],
  ["/usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "/usr/lib/sysimage/rpm/rpmdb.sqlite"],
  ["/var/lib/rpm/Packages", "/var/lib/rpm/Packages"],
  ["/usr/lib/sysimage/rpm/Packages.db", "/usr/lib/sysimage/rpm/Packages.db"],
  ["/var/lib/rpm/rpmdb.sqlite-shm", undefined],
  ["/srv/var/lib/rpm/Packages", undefined],
])("%s is part of the rpm database %s", (path, database) => {
  expect(rpmDatabaseOf(path)).toBe(database);
});
