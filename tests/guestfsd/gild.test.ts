/**
 * gild_entries against node:fs, on a folder. Watching needs filesystems of its own: tests/appliance/quick-diff.test.ts.
 */
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, linkSync, lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { bytesFromText, gildStructs, StructStream, type GildEntry } from "../../schemas/index.ts";
import { makeGuest, type TestGuest } from "./guest.ts";

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
});

afterEach(() => {
  guest.remove();
});

const nothing = { device: "", paths: [], trees: [], inodes: [], digests: false, contents: 0n };

function entries(args: Readonly<Record<string, unknown>>): GildEntry[] {
  const { error, file } = guest.call("gild_entries", { ...nothing, ...args });
  if (error !== undefined) throw new Error(error.message);
  const stream = new StructStream(gildStructs.entry, 1 << 26);
  const all = stream.push(file ?? new Uint8Array());
  stream.end();
  return all;
}

const paths = (args: Readonly<Record<string, unknown>>): string[] => entries(args).map(({ path }) => path);

test("tells what lstat tells, with birth, target and attributes", () => {
  const path = join(guest.root, "link");
  symlinkSync("/nowhere", path);
  guest.call("utimens", { path: "/link", atsecs: 1n, atnsecs: 0n, mtsecs: -6n, mtnsecs: 750_000_000n });
  guest.call("lsetxattr", { path: "/", xattr: "user.a", val: "b", vallen: 1 });
  const stats = lstatSync(path, { bigint: true });

  const [root, link] = entries({ paths: ["/", "/link"] });

  expect(root).toMatchObject({ path: "/", ino: statSync(guest.root, { bigint: true }).ino });
  expect(root?.xattrs).toEqual([{ name: "user.a", value: bytesFromText("b") }]);
  expect(link).toMatchObject({
    path: "/link",
    ino: stats.ino,
    mode: Number(stats.mode),
    nlink: Number(stats.nlink),
    size: stats.size,
    mtime_sec: -6n,
    mtime_nsec: 750_000_000,
    ctime_sec: stats.ctimeNs / 1_000_000_000n,
    ctime_nsec: Number(stats.ctimeNs % 1_000_000_000n),
    target: "/nowhere",
  });
});

test("a tree comes with everything below, directories first, links not followed", () => {
  mkdirSync(join(guest.root, "a/b/c"), { recursive: true });
  writeFileSync(join(guest.root, "a/b/\udcff"), "");
  writeFileSync(Buffer.concat([Buffer.from(join(guest.root, "a/b/")), Buffer.of(0xfe)]), "");
  symlinkSync("/", join(guest.root, "a/up"));
  const found = paths({ trees: ["/a"] });

  expect(found.toSorted()).toEqual(["/a", "/a/b", "/a/b/c", "/a/b/\udcfe", "/a/b/\ufffd", "/a/up"]);
  expect(found.indexOf("/a")).toBe(0);
  expect(found.indexOf("/a/b")).toBeLessThan(found.indexOf("/a/b/c"));
});

test("of a thousand files none is lost between two pieces", () => {
  for (let number = 0; number < 1000; number++) writeFileSync(join(guest.root, `${number}`.padStart(100, "x")), "");

  expect(new Set(paths({ trees: ["/"] })).size).toBe(1001);
});

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 300_000])("digest and content of %i bytes", (size) => {
  const bytes = randomBytes(size);
  writeFileSync(join(guest.root, "f"), bytes);

  const [file] = entries({ paths: ["/f"], digests: true, contents: BigInt(size) });

  expect(Buffer.from(file?.sha256 ?? []).toString("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(Buffer.from(file?.content ?? []).equals(bytes)).toBe(true);
});

test("content and digest come only of regular files, and only as large as was asked for", () => {
  writeFileSync(join(guest.root, "large"), "12345");
  guest.call("mkfifo", { mode: 0o600, path: "/fifo" });

  const found = entries({ paths: ["/large", "/fifo", "/"], digests: true, contents: 4n });

  expect(found.map(({ content }) => content.length)).toEqual([0, 0, 0]);
  expect(found.map(({ sha256 }) => sha256.length)).toEqual([32, 0, 0]);
});

test("finds the names of a file by its number", () => {
  mkdirSync(join(guest.root, "d"));
  writeFileSync(join(guest.root, "d/a"), "x");
  writeFileSync(join(guest.root, "other"), "x");
  linkSync(join(guest.root, "d/a"), join(guest.root, "b"));
  const [file] = entries({ paths: ["/b"] });

  expect(paths({ trees: ["/"], inodes: [String(file?.ino)] }).toSorted()).toEqual(["/b", "/d/a"]);
  expect(paths({ trees: ["/"], inodes: ["1"] })).toEqual([]);
});

test.each([
  ["a link out", (root: string, outside: string) => symlinkSync(outside, join(root, "etc")), "/etc/secret"],
  ["a link inside", (root: string) => symlinkSync("real", join(root, "etc")), "/etc/file"],
  ["a file in place of a directory", (root: string) => writeFileSync(join(root, "etc"), ""), "/etc/file"],
  ["what is not there", () => undefined, "/none"],
])("%s gives nothing", (_, make, path) => {
  mkdirSync(join(guest.root, "real"));
  writeFileSync(join(guest.root, "real/file"), "");
  make(guest.root, guest.outside);

  expect(paths({ paths: [path], trees: [path], digests: true, contents: 1000n })).toEqual([]);
});

test("refuses a path that climbs out", () => {
  expect(guest.call("gild_entries", { ...nothing, paths: ["/../outside/secret"] }).error?.errno).toBe("EXDEV");
});

test("a failure names the file", () => {
  mkdirSync(join(guest.root, "d"));
  chmodSync(join(guest.root, "d"), 0);

  expect(() => entries({ paths: [`/d/${"x".repeat(300)}`] })).toThrow(`/d/${"x".repeat(300)}: File name too long`);
});

test.each(["", "-1", "a", "1:2", "1".repeat(21)])("refuses the number %j", (number) => {
  expect(guest.call("gild_entries", { ...nothing, inodes: [number] }).error?.errno).toBe("EINVAL");
});
