/** Lines of the shell against a daemon in this process. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expandWords } from "../../../cli/shell/glob.ts";
import { libraryCommands } from "../../../cli/shell/library-commands.ts";
import { commandNames, runLine, type SessionOptions } from "../../../cli/shell/session.ts";
import { UsageError } from "../../../cli/shell/usage-error.ts";
import { createGuestfs, memoryTransport, type GuestfsApi } from "../../../engine/index.ts";
import { libraryFunctions } from "../../../engine/library/catalogue.ts";
import { makeGuest } from "../../guestfsd/guest.ts";

const guest = makeGuest();
const host = mkdtempSync(join(tmpdir(), "gild-shell-"));
const client = createGuestfs(memoryTransport(guest.daemon));

beforeAll(async () => client.launched());
afterAll(() => {
  guest.remove();
  rmSync(host, { recursive: true });
});

async function run(line: string, json = false): Promise<string> {
  let shown = "";
  const session: SessionOptions = { g: client.g, json, out: (text) => (shown += text) };
  expect(await runLine(line, session)).toBe(true);
  return shown;
}

test("every function of the library that is on the API is a command", () => {
  const names = Object.entries(libraryFunctions).flatMap(([name, known]) =>
    "on" in known && known.on === "g" ? [name] : [],
  );

  expect(Object.keys(libraryCommands).toSorted()).toEqual(names.toSorted());
  for (const name of names) expect(commandNames()).toContain(name.replaceAll("_", "-"));
});

test("copy-in takes many things of the host and then a folder; copy-out gives them back", async () => {
  mkdirSync(join(host, "tree"));
  writeFileSync(join(host, "tree", "inner"), "inner");
  symlinkSync("inner", join(host, "tree", "link"));
  writeFileSync(join(host, "single"), "single");
  mkdirSync(join(host, "back"));

  await run("mkdir-p /srv/into");
  await run(`copy-in ${join(host, "tree")} ${join(host, "single")} /srv/into`);
  await run(`copy-out /srv/into/tree /srv/into/single ${join(host, "back")}`);

  expect(readdirSync(join(guest.root, "srv/into")).toSorted()).toEqual(["single", "tree"]);
  expect(readFileSync(join(guest.root, "srv/into/tree/link"), "utf8")).toBe("inner");
  expect(readFileSync(join(host, "back/tree/inner"), "utf8")).toBe("inner");
  expect(readFileSync(join(host, "back/single"), "utf8")).toBe("single");
});

test("files and archives have guestfish's order of arguments", async () => {
  writeFileSync(join(host, "source"), "one\ntwo\n");
  await run(`upload ${join(host, "source")} /uploaded`);
  await run("mkdir /unpacked");
  await run(`tar-out /srv/into ${join(host, "into.tar")}`);
  await run(`tar-in ${join(host, "into.tar")} /unpacked`);
  await run("download /uploaded " + join(host, "downloaded"));

  expect(readFileSync(join(host, "downloaded"), "utf8")).toBe("one\ntwo\n");
  expect(statSync(join(guest.root, "unpacked/tree/inner")).size).toBe(5);
  expect(await run("read-lines /uploaded")).toBe("one\ntwo\n");
  expect(await run("cat /uploaded")).toBe("one\ntwo\n");
  expect(await run("read-file /uploaded", true)).toBe(
    `${JSON.stringify(Buffer.from("one\ntwo\n").toString("base64"))}\n`,
  );
  expect(await run('lstatlist / "uploaded none"', true)).toMatch(/"size":"8".*"ino":"-1"/);
  expect(await run("feature-available gild")).toBe("true\n");
});

test("glob runs a command on every path that matches", async () => {
  for (const name of ["a.log", "b.log", "c.txt"]) writeFileSync(join(guest.root, name), name);

  expect(await run("glob cat /*.log")).toBe("a.log\nb.log\n");
  await run("glob rm /*.log");

  expect(readdirSync(guest.root)).toContain("c.txt");
  expect(readdirSync(guest.root).filter((name) => name.endsWith(".log"))).toEqual([]);
});

test("glob below /dev matches devices, partitions and volumes", async () => {
  const g = {
    list_devices: () => Promise.resolve(["/dev/sda", "/dev/sdb"]),
    list_partitions: () => Promise.resolve(["/dev/sda1", "/dev/sda2", "/dev/sdb1"]),
    feature_available: () => Promise.resolve(true),
    lvs: () => Promise.resolve(["/dev/vg/a.b"]),
  } as unknown as GuestfsApi; // what the function calls of it

  expect(await expandWords(["fsck", "ext4", "/dev/sda?"], g)).toEqual([
    ["fsck", "ext4", "/dev/sda1"],
    ["fsck", "ext4", "/dev/sda2"],
  ]);
  expect(await expandWords(["x", "/dev/sd[!a]*"], g)).toEqual([
    ["x", "/dev/sdb"],
    ["x", "/dev/sdb1"],
  ]);
  expect(await expandWords(["x", "/dev/vg/?.b"], g)).toEqual([["x", "/dev/vg/a.b"]]);
  expect(await expandWords(["x", "/dev/none*"], g)).toEqual([["x", "/dev/none*"]]);
});

describe("a line that does not fit", () => {
  test.each([
    ["copy-in /only", "usage: copy_in local... /remotedir"],
    ["cat", "usage: cat path"],
    ["cat /a /b", "usage: cat path"],
    ["inspect-get-icon / colour:red", "usage: inspect_get_icon root [favicon:bool] [highquality:bool]"],
    ["find-inode /dev/sda x", "inode: want a number, got 'x'"],
    ["glob", "usage: glob command words..."],
    ["copy-it /a /b", 'copy_it: no such command. Did you mean "copy-in"?'],
  ])("%s", async (line, message) => {
    const error: unknown = await run(line).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
  });
});
