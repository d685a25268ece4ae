/** Archives through the daemon: what goes out comes in again, with all that a file has. Needs root. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

import { bytesFromText } from "../../../schemas/index.ts";
import { lgetxattr, lsetxattr } from "../../../guestfsd/native/xattr.ts";
import { makeGuest, type TestGuest } from "../guest.ts";
import { tarArchive } from "../tar-archive.ts";

const LABEL = "system_u:object_r:etc_t:s0\0";
let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
  mkdirSync(join(guest.root, "from"));
  mkdirSync(join(guest.root, "to"));
  writeFileSync(join(guest.root, "from/file"), "text");
  chmodSync(join(guest.root, "from/file"), 0o640);
  lchownSync(join(guest.root, "from/file"), 1234, 5678);
  symlinkSync("/nowhere", join(guest.root, "from/link"));
});
afterEach(() => {
  guest.remove();
});

const through = (out: object, into: object): void => {
  const packed = guest.call("tar_out", { directory: "/from", ...out });
  expect(packed.error).toBeUndefined();
  expect(guest.call("tar_in", { directory: "/to", ...into }, packed.file).error).toBeUndefined();
};

it.each(["none", "compress", "gzip", "bzip2", "xz", "lzop", "lzma", "zstd"])(
  "round trips with compression %s",
  (name) => {
    const unpack = name === "none" ? {} : { compress: name };
    // Debian has no compress(1) here; gzip reads what others packed with it.
    const pack = name === "compress" ? { compress: "gzip" } : unpack;

    through(pack, unpack);

    const { mode, uid, gid } = lstatSync(join(guest.root, "to/file"));
    expect([mode & 0o7777, uid, gid]).toEqual([0o640, 1234, 5678]);
    expect(readFileSync(join(guest.root, "to/file"), "utf8")).toBe("text");
    expect(readlinkSync(join(guest.root, "to/link"))).toBe("/nowhere");
  },
);

it("takes extended attributes and labels along when asked to", () => {
  const file = join(guest.root, "from/file");
  lsetxattr(file, "trusted.note", bytesFromText("value"));
  lsetxattr(file, "security.selinux", bytesFromText(LABEL));

  through({ xattrs: true, selinux: true }, { xattrs: true, selinux: true });

  const copy = join(guest.root, "to/file");
  expect(Buffer.from(lgetxattr(copy, "trusted.note")).toString()).toBe("value");
  expect(Buffer.from(lgetxattr(copy, "security.selinux")).toString()).toBe(LABEL);
});

it("takes access control lists along when asked to", () => {
  execFileSync("setfacl", ["-m", "u:4321:rwx", join(guest.root, "from/file")]);

  through({ acls: true }, { acls: true });

  expect(execFileSync("getfacl", ["-n", join(guest.root, "to/file")], { encoding: "utf8" })).toContain("user:4321:rwx");
});

it("leaves attributes out when not asked to", () => {
  lsetxattr(join(guest.root, "from/file"), "trusted.note", bytesFromText("value"));

  through({}, {});

  expect(() => lgetxattr(join(guest.root, "to/file"), "trusted.note")).toThrow("No data available");
});

it("leaves out what is excluded", () => {
  through({ excludes: ["file"] }, {});

  expect(lstatSync(join(guest.root, "to/file"), { throwIfNoEntry: false })).toBeUndefined();
});

it("stores the guest's own user names, and numbers only with numericowner", () => {
  mkdirSync(join(guest.root, "etc"));
  writeFileSync(join(guest.root, "etc/passwd"), "guestuser:x:1234:5678::/:/bin/sh\n");

  const named = guest.call("tar_out", { directory: "/from" });
  const numeric = guest.call("tar_out", { directory: "/from", numericowner: true });

  expect(Buffer.from(named.file ?? []).includes("guestuser")).toBe(true);
  expect(Buffer.from(numeric.file ?? []).includes("guestuser")).toBe(false);
});

/** A library that, once loaded, leaves a mark in the guest's root. */
function plantLibrary(path: string): void {
  const source = `#include <stdio.h>\n__attribute__((constructor)) static void f(void) { fclose(fopen("/loaded", "w")); }\n`;
  mkdirSync(dirname(join(guest.root, path)), { recursive: true });
  execFileSync("gcc", ["-shared", "-fPIC", "-x", "c", "-o", join(guest.root, path), "-"], { input: source });
}

const wasLoaded = (): boolean => lstatSync(join(guest.root, "loaded"), { throwIfNoEntry: false }) !== undefined;

it("loads no name service module that the guest names", () => {
  plantLibrary("lib/x86_64-linux-gnu/libnss_evil.so.2");
  mkdirSync(join(guest.root, "etc"));
  writeFileSync(join(guest.root, "etc/nsswitch.conf"), "passwd: evil\ngroup: evil\n");

  through({ acls: true }, { acls: true });

  expect(wasLoaded()).toBe(false);
});

it("loads no character set module that the guest names", () => {
  plantLibrary("usr/lib/x86_64-linux-gnu/gconv/EVIL.so");
  const modules = ["INTERNAL\tANSI_X3.4-1968//", "ANSI_X3.4-1968//\tINTERNAL", "UTF-8//\tANSI_X3.4-1968//"];
  const table = modules.map((pair) => `module\t${pair}\tEVIL\t1\n`).join("");
  writeFileSync(join(guest.root, "usr/lib/x86_64-linux-gnu/gconv/gconv-modules"), table);
  const folder = mkdtempSync(join(tmpdir(), "gild-pax-"));
  writeFileSync(join(folder, "n\u00e4me"), "text");
  const pax = execFileSync("tar", ["--format=pax", "-cf", "-", "-C", folder, "."], { env: { LC_ALL: "C.UTF-8" } });
  rmSync(folder, { recursive: true });

  const { error } = guest.call("tar_in", { directory: "/to" }, pax);

  expect(error).toBeUndefined();
  expect(wasLoaded()).toBe(false);
  expect(readFileSync(join(guest.root, "to/n\u00e4me"), "utf8")).toBe("text");
});

it.each([
  ["tgz_out", "tgz_in", "1f8b"],
  ["txz_out", "txz_in", "fd377a585a00"],
])("packs with %s what %s unpacks", (pack, unpack, magic) => {
  const packed = guest.call(pack, { directory: "/from" });

  expect(guest.call(unpack, { directory: "/to" }, packed.file).error).toBeUndefined();
  expect(
    Buffer.from(packed.file ?? [])
      .toString("hex")
      .startsWith(magic),
  ).toBe(true);
  expect(readFileSync(join(guest.root, "to/file"), "utf8")).toBe("text");
});

it("unpacks names that are no UTF-8", () => {
  const name = Buffer.from([0x6e, 0xff]);
  writeFileSync(Buffer.concat([Buffer.from(`${guest.root}/from/`), name]), "odd");

  through({}, {});

  expect(readFileSync(Buffer.concat([Buffer.from(`${guest.root}/to/`), name]), "utf8")).toBe("odd");
});

it("fails for a damaged archive and a damaged compression, and goes on serving", () => {
  const noise = "no archive ".repeat(10_000);

  expect(guest.call("tar_in", { directory: "/to" }, noise).error?.message).toContain(
    "does not look like a tar archive",
  );
  expect(guest.call("tar_in", { directory: "/to", compress: "xz" }, noise).error?.message).toContain("not recognized");
  expect(guest.call("tgz_in", { directory: "/to" }, noise).error?.message).toContain("not in gzip format");
  expect(guest.call("ping_daemon").error).toBeUndefined();
});

it("keeps links to directories with keepdirlink, and replaces them without", () => {
  mkdirSync(join(guest.root, "real"));
  const archive = tarArchive([
    { name: "dir/", type: "directory" },
    { name: "dir/file", content: "x" },
  ]);
  symlinkSync("../real", join(guest.root, "to/dir"));

  guest.call("tar_in", { directory: "/to", keepdirlink: true }, archive);

  expect(readFileSync(join(guest.root, "real/file"), "utf8")).toBe("x");
  expect(lstatSync(join(guest.root, "to/dir")).isSymbolicLink()).toBe(true);

  guest.call("tar_in", { directory: "/to" }, archive);

  expect(lstatSync(join(guest.root, "to/dir")).isSymbolicLink()).toBe(false);
});
