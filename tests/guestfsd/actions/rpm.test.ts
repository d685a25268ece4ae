/** rpm databases through the daemon: both kinds, damaged ones, and guests that lead out. Judge: the host's rpm. Needs root. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createCommands } from "../../../guestfsd/command.ts";
import { packagesIn } from "../../../guestfsd/rpm-database.ts";
import { createSysroot } from "../../../guestfsd/sysroot.ts";
import type { StructOf } from "../../../schemas/index.ts";
import { makeGuest, type TestGuest } from "../guest.ts";
import { buildRpms, importKey, installRpms, writeBerkeley } from "../rpm-databases.ts";

type Application = StructOf<"application2">;

const NONE = "(none)";
const lab = mkdtempSync(join(tmpdir(), "gild-rpm-"));
const sqlite = join(lab, "sqlite");
const berkeley = join(lab, "berkeley");
let guest: TestGuest;

beforeAll(() => {
  const packages = buildRpms(join(lab, "packages"), [
    { name: "gild-a", epoch: 2, version: "1.0", release: "3", arch: "noarch", url: "http://example.org/" },
    {
      name: "gild-b",
      version: "0.1~rc1",
      release: "1.el9",
      summary: "it's 'q' \\ Bäh",
      description: "quotes ' ''\n\nand 'lines'\n0 'x' 'y'",
    },
  ]);
  installRpms(sqlite, packages);
  importKey(sqlite);
  writeBerkeley(sqlite, berkeley);
});
afterAll(() => {
  rmSync(lab, { recursive: true });
});
beforeEach(() => {
  guest = makeGuest();
});
afterEach(() => {
  guest.remove();
});

const inGuest = (path: string): string => {
  mkdirSync(dirname(join(guest.root, path)), { recursive: true });
  return join(guest.root, path);
};
const list = (): readonly Application[] => guest.call("internal_list_rpm_applications").result as Application[];
const named = (name: string): Application | undefined => list().find(({ app2_name }) => app2_name === name);
const failure = () => guest.call("internal_list_rpm_applications").error;

describe.each([
  ["SQLite, where it was moved to", sqlite, "/usr/lib/sysimage/rpm"],
  ["SQLite, where it used to be", sqlite, "/var/lib/rpm"],
  ["Berkeley DB", berkeley, "/var/lib/rpm"],
])("a database: %s", (_title, made, folder) => {
  beforeEach(() => {
    cpSync(made, inGuest(folder), { recursive: true });
  });

  it("lists what rpm lists", () => {
    const format = "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n";
    const judged = execFileSync("rpm", ["--dbpath", sqlite, "-qa", "--qf", format], { encoding: "utf8" });

    const found = list().map(
      ({ app2_name: name, app2_version, app2_release, app2_arch }) =>
        `${name}-${app2_version}-${app2_release}.${app2_arch}`,
    );

    expect(found.toSorted()).toEqual(judged.trim().split("\n").toSorted());
    expect(found).toHaveLength(3);
  });

  it("gives every field as libguestfs does", () => {
    expect(named("gild-a")).toMatchObject({
      app2_epoch: 2,
      app2_version: "1.0",
      app2_release: "3",
      app2_arch: "noarch",
      app2_url: "http://example.org/",
      app2_publisher: "",
    });
    expect(named("gild-b")).toMatchObject({
      app2_epoch: 0,
      app2_version: "0.1~rc1",
      app2_release: "1.el9",
      app2_arch: "x86_64",
      app2_url: NONE,
      app2_summary: "it's 'q' \\ Bäh",
      app2_description: "quotes ' ''\n\nand 'lines'\n0 'x' 'y'",
    });
    expect(named("gpg-pubkey")).toMatchObject({ app2_arch: NONE, app2_epoch: 0 });
  });

  it("changes nothing in the guest", () => {
    const before = readdirSync(join(guest.root, folder)).toSorted();

    list();

    expect(readdirSync(join(guest.root, folder)).toSorted()).toEqual(before);
  });

  it("gives names and versions of a database that is named by its file", () => {
    const file = made === sqlite ? "rpmdb.sqlite" : "Packages";

    const { result } = guest.call("gild_rpm_packages", { device: "", path: `${folder}/${file}` });

    expect(result).toHaveLength(3);
    expect(result).toContainEqual(
      expect.objectContaining({ app2_name: "gild-a", app2_epoch: 2, app2_version: "1.0", app2_summary: "" }),
    );
    expect(result).toContainEqual(expect.objectContaining({ app2_name: "gpg-pubkey", app2_arch: "" }));
  });
});

it("reads what is only in the journal", () => {
  const folder = inGuest("/var/lib/rpm");
  const database = join(folder, "rpmdb.sqlite");
  cpSync(sqlite, folder, { recursive: true });
  const was = readFileSync(database);
  const [one = ""] = buildRpms(join(lab, "later"), [{ name: "gild-later", version: "1", release: "1" }]);
  // The first write to the database itself is when the journal is moved into it.
  const kill = ["-f", "-qq", "-P", database, "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=EIO:signal=SIGKILL"];

  const { signal } = spawnSync("strace", [...kill, "rpm", "--dbpath", folder, "--justdb", "--nodeps", "-i", one]);

  expect(signal).toBe("SIGKILL");
  expect(readFileSync(database).equals(was)).toBe(true);
  expect(named("gild-later")).toBeDefined();
});

it("gives nothing where there is no database", () => {
  expect(list()).toEqual([]);
  expect(guest.call("gild_rpm_packages", { device: "", path: "/var/lib/rpm/Packages" }).result).toEqual([]);
});

it("uses no macro, program or database of the guest's but the one it reads", () => {
  cpSync(sqlite, inGuest("/var/lib/rpm"), { recursive: true });
  const hostile = "%_dbpath %(touch /tmp/gild-rpm-hostile)\n%_db_backend %(touch /tmp/gild-rpm-hostile)\n";
  for (const path of ["/etc/rpm/macros", "/usr/lib/rpm/macros", "/root/.rpmmacros"])
    writeFileSync(inGuest(path), hostile);

  expect(list()).toHaveLength(3);
  expect(readdirSync("/tmp")).not.toContain("gild-rpm-hostile");
});

describe("a database that is none", () => {
  it.each([
    ["damaged SQLite", "rpmdb.sqlite", "EINVAL"],
    ["damaged Berkeley DB", "Packages", "EINVAL"],
    ["NDB, which Debian's rpm does not read", "Packages.db", "ENOTSUP"],
  ])("is an error: %s", (_title, file, errno) => {
    writeFileSync(inGuest(`/var/lib/rpm/${file}`), "no database\n".repeat(1000));

    expect(failure()?.errno).toBe(errno);
    expect(failure()?.message).toContain(`/var/lib/rpm/${file}`);
    expect(guest.call("gild_rpm_packages", { device: "", path: `/var/lib/rpm/${file}` }).error?.errno).toBe(errno);
  });

  it("is an error when it is cut off", () => {
    const path = inGuest("/var/lib/rpm/rpmdb.sqlite");
    copyFileSync(join(sqlite, "rpmdb.sqlite"), path);
    truncateSync(path, 100_000);

    expect(failure()?.errno).toBe("EINVAL");
  });

  it("is an error when a package in it is damaged", () => {
    const path = inGuest("/var/lib/rpm/Packages");
    const bytes = readFileSync(join(berkeley, "Packages"));
    // The first entry of a header: the number of its tag.
    const at = bytes.indexOf(Buffer.from("0000003f00000007", "hex"));
    bytes.fill(0xff, at, at + 8);
    writeFileSync(path, bytes);

    expect(failure()?.errno).toBe("EINVAL");
  });

  it("is an error when it leads rpm in a circle", () => {
    const path = inGuest("/var/lib/rpm/Packages");
    const bytes = readFileSync(join(berkeley, "Packages"));
    const [pageSize, nextAt, entriesAt, typeAt] = [4096, 16, 20, 25];
    // Each page of the hash is empty, and the next one is itself.
    for (let page = 1; page * pageSize < bytes.length; page++) {
      const at = page * pageSize;
      if (bytes[at + typeAt] !== 2 && bytes[at + typeAt] !== 13) continue;
      bytes.writeUInt32LE(page, at + nextAt);
      bytes.writeUInt16LE(0, at + entriesAt);
    }
    writeFileSync(path, bytes);
    const commands = createCommands({ sysroot: createSysroot({ path: guest.root }), env: process.env });

    const read = () => packagesIn(commands, path, (file) => openSync(file, "r"), 1);

    expect(read).toThrow(/Packages: rpm: killed by signal/u);
  });

  it("is an error when it is larger than what is read", () => {
    const path = inGuest("/var/lib/rpm/rpmdb.sqlite");
    writeFileSync(path, "");
    truncateSync(path, 600 << 20);

    expect(failure()?.errno).toBe("EFBIG");
    expect(readdirSync("/tmp").filter((name) => /^rpm\w{6}$/.test(name))).toEqual([]);
  });
});

describe("a guest that leads out", () => {
  it("is not followed by an absolute link", () => {
    cpSync(sqlite, join(guest.outside, "rpm"), { recursive: true });
    symlinkSync(join(guest.outside, "rpm"), inGuest("/var/lib/rpm"));

    expect(list()).toEqual([]);
  });

  it("is not followed by a database's file in a volume", () => {
    copyFileSync(join(sqlite, "rpmdb.sqlite"), join(guest.outside, "rpmdb.sqlite"));
    symlinkSync(join(guest.outside, "rpmdb.sqlite"), inGuest("/var/lib/rpm/rpmdb.sqlite"));
    const rpm = (path: string) => guest.call("gild_rpm_packages", { device: "", path });

    expect(rpm("/var/lib/rpm/rpmdb.sqlite").error?.errno).toBe("ELOOP");
    expect(rpm("/../outside/rpmdb.sqlite").error?.errno).toBe("EINVAL");
    symlinkSync(guest.outside, inGuest("/link"));
    expect(rpm("/link/rpmdb.sqlite").result).toEqual([]);
  });

  it("is not waited for at a pipe", () => {
    execFileSync("mkfifo", [inGuest("/var/lib/rpm/Packages")]);

    expect(failure()?.errno).toBe("EINVAL");
  });
});

it("is told from text that looks like the list", () => {
  cpSync(sqlite, inGuest("/var/lib/rpm"), { recursive: true });
  const [one = ""] = buildRpms(join(lab, "hostile"), [
    { name: "gild-hostile", version: "1", release: "1", description: "'\n0 'fake' '1' '1' 'x' 'u' 's' 'd'\n" },
  ]);
  installRpms(join(guest.root, "var/lib/rpm"), [one]);

  expect(list().map(({ app2_name }) => app2_name)).not.toContain("fake");
  expect(list()).toHaveLength(4);
});
