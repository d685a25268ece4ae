/** Package databases; expectations are what Debian's libguestfs 1.48.6 listed of the same files, but where it is told. */
import { expect, test } from "vitest";

import { joinVersion, parseApk, parseDpkg, parsePacman } from "../../../engine/library/package-files.ts";
import { structs, type StructOf } from "../../../schemas/index.ts";

const application = (known: Partial<StructOf<"application2">>): StructOf<"application2"> => ({
  ...structs.application2.filler,
  ...known,
});

test("dpkg's status", () => {
  const text = [
    "Package: zsh\nStatus: install ok installed\nArchitecture: amd64\nSource: zsh-src (1.2)\nVersion: 1:5.9-4+b1\n" +
      "Homepage: https://zsh\nDescription: shell with lots of features\n Zsh is a UNIX\n .\n  - indented",
    "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all",
    // libguestfs lists this one, though its files are not all there.
    "Package: half\nStatus: install ok half-installed\nVersion: 2\nArchitecture: all",
    "Package: odd\nStatus: hold ok installed\nVersion: 2:1-2-3\nArchitecture: all\nConffiles:\n /etc/odd 1",
    "Package: no-version\nStatus: install ok installed",
    "Version: 2",
    "",
  ].join("\n\n");

  expect(parseDpkg(text)).toEqual([
    application({
      app2_name: "zsh",
      app2_epoch: 1,
      app2_version: "5.9",
      app2_release: "4+b1",
      app2_arch: "amd64",
      app2_url: "https://zsh",
      app2_source_package: "zsh-src",
      app2_summary: "shell with lots of features",
      app2_description: "Zsh is a UNIX\n.\n - indented",
    }),
    application({ app2_name: "odd", app2_epoch: 2, app2_version: "1", app2_release: "2-3", app2_arch: "all" }),
  ]);
});

test("apk's installed", () => {
  const text =
    "C:Q1x=\nP:musl\nV:1.2.4-r1\nA:x86_64\nT:the musl c library: libc\nU:https://musl.libc.org/\no:musl-src\nF:lib\n\n" +
    "P:last\nV:3\nA:noarch\n";

  expect(parseApk(text)).toEqual([
    application({
      app2_name: "musl",
      app2_version: "1.2.4",
      app2_release: "1",
      app2_arch: "x86_64",
      app2_url: "https://musl.libc.org/",
      app2_description: "the musl c library: libc",
    }),
    application({ app2_name: "last", app2_version: "3", app2_arch: "noarch" }),
  ]);
});

test("pacman's desc", () => {
  const text =
    "%NAME%\nvi\n\n%VERSION%\n1:070224-5\n\n%BASE%\nvi-base\n\n%DESC%\nfirst line\nsecond line\n\n%ARCH%\nany\n\n" +
    "%URL%\nhttps://vi\n";

  expect(parsePacman(text)).toEqual([
    application({
      app2_name: "vi",
      app2_epoch: 1,
      app2_version: "070224",
      app2_release: "5",
      app2_arch: "any",
      app2_url: "https://vi",
      app2_description: "first line",
    }),
  ]);
});

test.each([parseDpkg, parseApk, parsePacman])("nothing is made of nonsense: %o", (parse) => {
  expect(parse("\0\n\n:\n\n%%\n\nPackage:\nP:\n")).toEqual([]);
});

test("versions are written as they were", () => {
  const versions = ["1:5.9-4+b1", "3.134", "2:1-2-3", "9-1"];
  const status = versions.map((version) => `Package: p\nStatus: install ok installed\nVersion: ${version}`);

  expect(parseDpkg(status.join("\n\n")).map(joinVersion)).toEqual(versions);
});
