/** find0 and its like: large, hostile and strange trees. Needs root. */
import { mkdirSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { createSysroot } from "../../guestfsd/sysroot.ts";
import { TreeWalk } from "../../guestfsd/tree-walk.ts";
import { makeGuest, type TestGuest } from "./guest.ts";

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
});

afterEach(() => guest.remove());

function namesOf(directory: string): string[] {
  const { error, file } = guest.call("find0", { directory });
  expect(error).toBeUndefined();
  return Buffer.from(file ?? [])
    .toString("latin1")
    .split("\0")
    .slice(0, -1);
}

it("lists 20,000 files in 200 directories, parents first", () => {
  for (let i = 0; i < 200; i += 1) {
    const folder = join(guest.root, `t/d${i % 20}/e${i}`);
    mkdirSync(folder, { recursive: true });
    for (let j = 0; j < 100; j += 1) writeFileSync(join(folder, `f${j}`), "");
  }

  const names = namesOf("/t");

  expect(names.length).toBe(20 + 200 + 20_000);
  const seen = new Set<string>([""]);
  for (const name of names) {
    seen.add(name);
    if (!seen.has(name.slice(0, Math.max(0, name.lastIndexOf("/"))))) throw new Error(`${name} before its directory`);
  }
});

it("goes on behind what a listing called a directory and is none", () => {
  for (const name of ["a", "b", "c"]) mkdirSync(join(guest.root, name));
  const walk = new TreeWalk(createSysroot({ path: guest.root }), "/");
  const first = walk.next().map(({ path }) => path.toString());
  rmdirSync(join(guest.root, "b"));
  writeFileSync(join(guest.root, "b"), "");
  writeFileSync(join(guest.root, "c", "in-c"), "");
  writeFileSync(join(guest.root, "a", "in-a"), "");

  const rest: string[] = [];
  while (!walk.done) for (const { path } of walk.next()) rest.push(path.toString());

  expect(first.toSorted()).toEqual(["a", "b", "c"]);
  expect(rest.toSorted()).toEqual(["a/in-a", "c/in-c"]);
});

it("gives an empty list for an empty directory", () => {
  expect(namesOf("/")).toEqual([]);
});

it("lists links, does not follow them, not even out of the guest", () => {
  symlinkSync(guest.outside, join(guest.root, "out"));
  symlinkSync("/", join(guest.root, "loop"));

  expect(namesOf("/").toSorted()).toEqual(["loop", "out"]);
});

it("begins at what a link points to, inside the guest", () => {
  mkdirSync(join(guest.root, "real/sub"), { recursive: true });
  symlinkSync("/real", join(guest.root, "link"));

  expect(namesOf("/link")).toEqual(["sub"]);
});

it("gives names as bytes", () => {
  writeFileSync(Buffer.concat([Buffer.from(`${guest.root}/`), Buffer.from([0x66, 0xff, 0x0a])]), "");

  expect(namesOf("/")).toEqual(["f\u00ff\n"]);
});
