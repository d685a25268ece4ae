/** Library functions over the memory transport: client and daemon in one process, the guest a folder. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createGuestfs, memoryTransport, type GuestfsApi } from "../../../engine/index.ts";
import { createDaemon, type MemoryDaemon } from "../../../guestfsd/index.ts";
import { textFromBytes } from "../../../schemas/index.ts";
import { buildNativeHelpers } from "../../guestfsd/native-helpers.ts";

const asRoot = process.getuid?.() === 0;
const helpers = buildNativeHelpers();

let base: string;
let guest: string;
let local: string;
let daemon: MemoryDaemon;
let g: GuestfsApi;

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "gild-library-"));
  guest = join(base, "guest");
  local = join(base, "local");
  for (const folder of [guest, local]) mkdirSync(folder);
  daemon = createDaemon({ sysroot: guest, ...helpers });
  const client = createGuestfs(memoryTransport(daemon));
  await client.launched();
  ({ g } = client);
});
afterEach(() => {
  daemon.close();
  rmSync(base, { recursive: true });
});

describe.skipIf(!asRoot)(`library functions${asRoot ? "" : " (need root: the daemon changes its root)"}`, () => {
  test("readdir gives entries, however many", async () => {
    mkdirSync(join(guest, "d/sub"), { recursive: true });
    writeFileSync(join(guest, "d/file"), "");

    const entries = (await g.readdir({ dir: "/d" })).map(({ name, ftyp }) => `${String.fromCharCode(ftyp)} ${name}`);

    expect(entries.toSorted()).toEqual(["d .", "d ..", "d sub", "r file"]);
    await expect(g.readdir({ dir: "/none" })).rejects.toMatchObject({ action: "readdir", errno: "ENOENT" });
  });

  test("lstatlist tells what is there and what is not", async () => {
    writeFileSync(join(guest, "file"), "12345");

    const [file, none] = await g.lstatlist({ path: "/", names: ["file", "none"] });

    expect(file).toMatchObject({ size: 5n, nlink: 1n });
    expect(none?.ino).toBe(-1n);
  });

  test("mountables that are none", async () => {
    await expect(g.mountable_device({ mountable: "/dev/sda" })).rejects.toMatchObject({ errno: "ENOENT" });
    await expect(g.mountable_subvolume({ mountable: "x" })).rejects.toMatchObject({ errno: "ENOENT" });
  });

  test("yara_scan and journal_get need what must be open", async () => {
    writeFileSync(join(guest, "file"), "");

    await expect(g.yara_scan({ path: "/file" })).rejects.toMatchObject({ action: "yara_scan" });
    await expect(g.journal_get()).rejects.toMatchObject({ action: "journal_get" });
  });

  test("copy_in takes a tree with modes and links, copy_out brings it back", async () => {
    mkdirSync(join(local, "tree/deep/er"), { recursive: true });
    mkdirSync(join(guest, "into"));
    writeFileSync(join(local, "tree/deep/file"), "x".repeat(300_000));
    writeFileSync(join(local, "tree/empty"), "");
    chmodSync(join(local, "tree/empty"), 0o640);
    symlinkSync("/absolute/target", join(local, "tree/link"));

    await g.copy_in({ localpath: join(local, "tree"), remotedir: "/into" });
    const back = join(base, "back");
    mkdirSync(back);
    await g.copy_out({ remotepath: "/into/tree", localdir: back });

    for (const place of [join(guest, "into/tree"), join(back, "tree")]) {
      expect(readFileSync(join(place, "deep/file"), "utf8")).toBe("x".repeat(300_000));
      expect(lstatSync(join(place, "empty")).mode & 0o777).toBe(0o640);
      expect(lstatSync(join(place, "link")).isSymbolicLink()).toBe(true);
      expect(lstatSync(join(place, "deep/er")).isDirectory()).toBe(true);
    }
  });

  test("copy_in and copy_out of one file", async () => {
    writeFileSync(join(local, "one"), "1");
    writeFileSync(join(guest, "two"), "2");

    await g.copy_in({ localpath: join(local, "one"), remotedir: "/" });
    await g.copy_out({ remotepath: "/two", localdir: local });

    expect(readFileSync(join(guest, "one"), "utf8")).toBe("1");
    expect(readFileSync(join(local, "two"), "utf8")).toBe("2");
  });

  test.each([
    ["no such host file", { localpath: "/none/such", remotedir: "/" }, "ENOENT"],
    ["no such folder of the guest", { localpath: "/etc/hostname", remotedir: "/none" }, "ENOTDIR"],
    ["a device", { localpath: "/dev/null", remotedir: "/" }, "ENOTSUP"],
  ])("copy_in refuses: %s", async (_what, args, errno) => {
    await expect(g.copy_in(args)).rejects.toMatchObject({ action: "copy_in", errno });
  });

  test.each([
    ["no such file of the guest", { remotepath: "/none", localdir: "/tmp" }, "ENOTSUP"],
    ["no such host folder", { remotepath: "/", localdir: "/none/such" }, "ENOENT"],
    ["a host file", { remotepath: "/", localdir: "/etc/hostname" }, "ENOTDIR"],
  ])("copy_out refuses: %s", async (_what, args, errno) => {
    await expect(g.copy_out(args)).rejects.toMatchObject({ action: "copy_out", errno });
  });

  test("the connection is good after a copy that failed", async () => {
    mkdirSync(join(local, "bad"));
    writeFileSync(join(local, "bad/a"), "a");
    symlinkSync("x", join(local, "bad/b"));
    spawnSync("mkfifo", [join(local, "bad/c")]);

    await expect(g.copy_in({ localpath: join(local, "bad"), remotedir: "/" })).rejects.toMatchObject({
      errno: "ENOTSUP",
    });

    writeFileSync(join(guest, "file"), "still");
    expect(textFromBytes(await g.read_file({ path: "/file" }))).toBe("still");
  });
});
