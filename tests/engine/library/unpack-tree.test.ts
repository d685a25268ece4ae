/** Archives of the guest are hostile: nothing of them gets out of the folder, and nothing they make is run or followed. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { GuestfsError } from "../../../engine/index.ts";
import { UnpackedTree } from "../../../engine/library/unpack-tree.ts";
import { tarArchive, type Member } from "../../guestfsd/tar-archive.ts";

let base: string;
let outside: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "gild-unpack-"));
  outside = join(base, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "untouched");
  mkdirSync(join(base, "local"));
});
afterEach(() => {
  rmSync(base, { recursive: true });
});

async function unpack(members: readonly Member[], pieceSize = 700): Promise<void> {
  const bytes = tarArchive(members);
  const tree = await UnpackedTree.create(join(base, "local"), "tree");
  await tree.receive(async (sink) => {
    for (let start = 0; start < bytes.length; start += pieceSize) await sink(bytes.subarray(start, start + pieceSize));
  });
}

const at = (name: string): string => join(base, "local/tree", name);

test("makes files, folders and links as they were", async () => {
  await unpack([
    { name: "./", type: "directory" },
    { name: "./a/", type: "directory", mode: 0o500 },
    { name: "./a/file", content: "x".repeat(5000), mode: 0o4755 },
    { name: "./a/empty", content: "" },
    { name: "./a/link", target: "/etc/passwd" },
    { name: "./a/hard", target: "a/file", type: "hardlink" },
  ]);

  expect(readFileSync(at("a/file"), "utf8")).toBe("x".repeat(5000));
  expect(lstatSync(at("a/file")).mode & 0o7777).toBe(0o755);
  expect(lstatSync(at("a")).mode & 0o7777).toBe(0o500);
  expect(readlinkSync(at("a/link"))).toBe("/etc/passwd");
  expect(lstatSync(at("a/hard")).ino).toBe(lstatSync(at("a/file")).ino);
  expect(readFileSync(at("a/empty"), "utf8")).toBe("");
});

test("replaces what is there, and goes into folders that are there", async () => {
  mkdirSync(at("a"), { recursive: true });
  writeFileSync(at("a/file"), "old");
  symlinkSync(join(outside, "secret"), at("a/other"));

  await unpack([
    { name: "a/file", content: "new" },
    { name: "a/other", content: "new" },
  ]);

  expect(readFileSync(at("a/file"), "utf8")).toBe("new");
  expect(readFileSync(at("a/other"), "utf8")).toBe("new");
  expect(readFileSync(join(outside, "secret"), "utf8")).toBe("untouched");
});

const HOSTILE: Readonly<Record<string, (out: string) => readonly Member[]>> = {
  "a file through its own link": (out) => [
    { name: "etc", target: out },
    { name: "etc/secret", content: "overwritten" },
  ],
  "a folder through its own link": (out) => [
    { name: "etc", target: out },
    { name: "etc/new/", type: "directory" },
  ],
  "a link in place of a folder": (out) => [
    { name: "etc/", type: "directory" },
    { name: "etc", target: out },
    { name: "etc/secret", content: "overwritten" },
  ],
  "a name that climbs": () => [{ name: "../../outside/secret", content: "overwritten" }],
  "a hard link to the outside": () => [
    { name: "hard", target: "../../outside/secret", type: "hardlink" },
    { name: "hard", content: "overwritten" },
  ],
  "a device node": () => [{ name: "null", type: "device" }],
  "a hard link to its own link": (out) => [
    { name: "soft", target: `${out}/secret` },
    { name: "hard", target: "soft", type: "hardlink" },
  ],
};

test.each(Object.entries(HOSTILE))("%s is refused", async (_what, members) => {
  await expect(unpack(members(outside))).rejects.toBeInstanceOf(GuestfsError);

  expect(readdirSync(outside)).toEqual(["secret"]);
  expect(readFileSync(join(outside, "secret"), "utf8")).toBe("untouched");
});

test("an absolute name is one below the folder", async () => {
  await unpack([{ name: `${outside}/secret`, content: "inside" }]);

  expect(readFileSync(at(`${outside}/secret`), "utf8")).toBe("inside");
  expect(readFileSync(join(outside, "secret"), "utf8")).toBe("untouched");
});

test("what the daemon sends that is no archive is refused", async () => {
  const tree = await UnpackedTree.create(join(base, "local"), "tree");

  await expect(tree.receive(async (sink) => await sink(Buffer.alloc(4096, 7)))).rejects.toThrow(/archive/);
});

test("a call that fails is the error", async () => {
  const tree = await UnpackedTree.create(join(base, "local"), "tree");
  const failure = new GuestfsError("tar_out", "EIO", "no more");

  await expect(tree.receive(() => Promise.reject(failure))).rejects.toBe(failure);
  expect(existsSync(at("x"))).toBe(false);
});
