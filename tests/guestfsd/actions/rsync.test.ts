/** rsync in a guest that would like to lead it astray, and with a server. Needs root and rsync. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
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
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { makeGuest, type TestGuest } from "../guest.ts";

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
  mkdirSync(join(guest.root, "etc"));
  mkdirSync(join(guest.root, "from"));
  writeFileSync(join(guest.root, "from/file"), "text", { mode: 0o640 });
  symlinkSync("/nowhere", join(guest.root, "from/link"));
});
afterEach(() => {
  guest.remove();
});

const inGuest = (path: string): string => join(guest.root, path);
const copy = (): unknown => guest.call("rsync", { src: "/from/", dest: "/to", archive: true }).error;

describe("a guest's configuration", () => {
  it("does not change rsync's options", () => {
    writeFileSync(inGuest("etc/popt"), "rsync alias --archive --recursive --remove-source-files\n");

    expect(copy()).toBeUndefined();
    expect(readFileSync(inGuest("to/file"), "utf8")).toBe("text");
    expect(existsSync(inGuest("from/file"))).toBe(true);
  });

  it("is not waited for", () => {
    mkdirSync(inGuest("usr/lib/ssl"), { recursive: true });
    mkdirSync(inGuest("dev"));
    for (const path of ["/etc/popt", "/etc/passwd", "/etc/group", "/etc/hosts", "/usr/lib/ssl/openssl.cnf"]) {
      guest.call("mkfifo", { mode: 0o644, path });
    }

    expect(copy()).toBeUndefined();
    expect(readFileSync(inGuest("to/file"), "utf8")).toBe("text");
  });
});

it("copies modes, owners by number, and links as they are", () => {
  writeFileSync(inGuest("etc/passwd"), "root:x:77:0::/:/bin/sh\n");
  guest.call("chown", { owner: 1234, group: 5678, path: "/from/file" });

  expect(copy()).toBeUndefined();
  const { mode, uid, gid } = lstatSync(inGuest("to/file"));
  expect([mode & 0o777, uid, gid]).toEqual([0o640, 1234, 5678]);
  expect(readlinkSync(inGuest("to/link"))).toBe("/nowhere");
});

it("names both ends in its errors", () => {
  const { error } = guest.call("rsync", { src: "/from", dest: "/none/to/go", archive: true });

  expect(error?.message).toContain("/from to /none/to/go: ");
});

describe("with a server", () => {
  const folder = mkdtempSync(join(tmpdir(), "gild-rsync-"));
  const module = join(folder, "module");
  let server: ChildProcess;
  let port = "";

  beforeAll(async () => {
    mkdirSync(module);
    writeFileSync(join(module, "served"), "from the server");
    const common = ["use chroot = no", "uid = 0", "gid = 0", "read only = no"];
    const modules = [`[open]`, `path = ${module}`, `[closed]`, `path = ${module}`, "auth users = somebody"];
    writeFileSync(join(folder, "rsyncd.conf"), `${[...common, ...modules].join("\n")}\n`);
    server = spawn(
      process.execPath,
      [fileURLToPath(new URL("../rsync-server.mjs", import.meta.url)), join(folder, "rsyncd.conf")],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    const [line] = (await once(server.stdout ?? server, "data")) as [Buffer];
    port = line.toString().trim();
  });
  afterAll(async () => {
    server.stdin?.end();
    await once(server, "exit");
    rmSync(folder, { recursive: true });
  });

  it.each(["127.0.0.1", "localhost"])("copies from %s", (host) => {
    writeFileSync(inGuest("etc/hosts"), `192.0.2.1 ${host}\n`);
    const remote = `rsync://${host}:${port}/open/`;

    const { error } = guest.call("rsync_in", { remote, dest: "/in", archive: true });

    expect(error).toBeUndefined();
    expect(readFileSync(inGuest("in/served"), "utf8")).toBe("from the server");
  });

  it("copies to it", () => {
    const remote = `rsync://127.0.0.1:${port}/open/`;

    const { error } = guest.call("rsync_out", { src: "/from/file", remote });

    expect(error).toBeUndefined();
    expect(readFileSync(join(module, "file"), "utf8")).toBe("text");
  });

  it("asks nobody for a password", () => {
    mkdirSync(inGuest("dev"));
    guest.call("mkfifo", { mode: 0o666, path: "/dev/tty" });
    const remote = `rsync://somebody@127.0.0.1:${port}/closed/`;

    const { error } = guest.call("rsync_in", { remote, dest: "/in", archive: true });

    expect(error?.message).toContain("auth failed");
  });

  it("follows no link of the guest that leads out, in or out", () => {
    symlinkSync(guest.outside, inGuest("out"));
    const before = guest.outsideState();

    guest.call("rsync_in", { remote: `rsync://127.0.0.1:${port}/open/`, dest: "/out/", archive: true });
    guest.call("rsync_out", { src: "/out/secret", remote: `rsync://127.0.0.1:${port}/open/stolen` });

    expect(guest.outsideState()).toEqual(before);
    expect(existsSync(join(module, "stolen"))).toBe(false);
  });
});

it.each(["host:/path", "user@host:path", "/etc", "rsync://", "--rsh=/bin/sh"])("refuses the remote '%s'", (remote) => {
  const { error } = guest.call("rsync_in", { remote, dest: "/in" });

  expect(error?.errno).toBe("ENOTSUP");
});
