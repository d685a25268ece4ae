/** rm_rf: everything in the tree, nothing beside it. Needs root. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { makeGuest, SECRET, type TestGuest } from "./guest.ts";

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
});

afterEach(() => guest.remove());

it("removes links, not what they point to", () => {
  mkdirSync(join(guest.root, "keep"));
  writeFileSync(join(guest.root, "keep/file"), "");
  mkdirSync(join(guest.root, "tree/sub"), { recursive: true });
  symlinkSync("/keep", join(guest.root, "tree/sub/absolute"));
  symlinkSync("../../keep", join(guest.root, "tree/relative"));
  symlinkSync(guest.outside, join(guest.root, "tree/outside"));

  expect(guest.call("rm_rf", { path: "/tree" }).error).toBeUndefined();
  expect(readdirSync(guest.root)).toEqual(["keep"]);
  expect(readdirSync(join(guest.root, "keep"))).toEqual(["file"]);
  expect(guest.outsideState()).toEqual({ secret: SECRET });
});

it.each(["/link", "/link/", "/link//"])("takes %s for the link, not the directory behind it", (path) => {
  mkdirSync(join(guest.root, "keep"));
  writeFileSync(join(guest.root, "keep/file"), "");
  symlinkSync("keep", join(guest.root, "link"));

  expect(guest.call("rm_rf", { path }).error).toBeUndefined();
  expect(readdirSync(guest.root)).toEqual(["keep"]);
  expect(readdirSync(join(guest.root, "keep"))).toEqual(["file"]);
});

it.each(["/", "//", "/.", "/..", "/d/.", "/d/..", "/d/../"])("refuses %s", (path) => {
  mkdirSync(join(guest.root, "d"));

  expect(guest.call("rm_rf", { path }).error?.errno).toBe("EINVAL");
  expect(existsSync(join(guest.root, "d"))).toBe(true);
});

it("goes down a tree that is deeper than a path may be long", () => {
  const name = "d".repeat(200);
  expect(guest.call("mkdir", { path: "/tree" }).error).toBeUndefined();
  // Renamed below each other: no single path to the bottom would be taken by the kernel.
  for (let depth = 0; depth < 30; depth += 1) {
    expect(guest.call("mkdir", { path: "/new" }).error).toBeUndefined();
    expect(guest.call("mv", { src: "/tree", dest: `/new/${name}` }).error).toBeUndefined();
    expect(guest.call("mv", { src: "/new", dest: "/tree" }).error).toBeUndefined();
  }

  expect(guest.call("rm_rf", { path: "/tree" }).error).toBeUndefined();
  expect(readdirSync(guest.root)).toEqual([]);
});
