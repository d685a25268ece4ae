import { expect, test } from "vitest";

import { comparePackageDatabases } from "../../../engine/diff/package-databases.ts";
import type { Side } from "../../../engine/diff/side.ts";
import { GILD_CONTENT_MAX, structs, type FileChange, type FileState } from "../../../schemas/index.ts";
import { fakeSide } from "./fake-side.ts";

const STATUS = "/var/lib/dpkg/status";
const [SQLITE, BERKELEY] = ["/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages"];
const state: FileState = { type: "file", mode: "0644", uid: 0, gid: 0, size: 1 };
const list = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n`;
const dpkg = (content: string): Side => fakeSide({ [STATUS]: { content } });
const changed: FileChange = {
  path: STATUS,
  change: "changed",
  type: "file",
  before: state,
  after: state,
  what: ["content"],
};

/** @param databases by path: names of packages, or why they cannot be read */
function rpm(databases: Readonly<Record<string, readonly string[] | string>>): Side {
  const one = (name: string) => ({ ...structs.application2.filler, app2_name: name, app2_version: "1" });
  const rpmPackages: Side["rpmPackages"] = async (path) => {
    const found = databases[path] ?? [];
    return typeof found === "string" ? found : found.map(one);
  };
  return { ...fakeSide({}), rpmPackages };
}

test("a list that is none on one side tells nothing but that", async () => {
  expect(await comparePackageDatabases(dpkg(list("a")), dpkg("\0rubbish"), [changed])).toEqual({
    packagesUnread: [{ path: STATUS, side: "after", reason: "it is no list of packages" }],
  });
});

test.each<[string, FileState, string]>([
  ["a symlink", { ...state, type: "symlink", target: "other" }, "it is no file but a symlink"],
  ["too large", { ...state, size: GILD_CONTENT_MAX + 1 }, `it is larger than ${GILD_CONTENT_MAX} bytes`],
])("a list that is %s is not taken for an empty one", async (_, after, reason) => {
  const file: FileChange = { ...changed, after, what: ["type"] };

  expect(await comparePackageDatabases(dpkg(list("a")), dpkg(""), [file])).toEqual({
    packagesUnread: [{ path: STATUS, side: "after", reason }],
  });
});

test("a list that was moved away has no packages any more", async () => {
  const moved: FileChange = { ...changed, path: "/var/lib/dpkg/old", from: STATUS, change: "moved", what: [] };

  expect(await comparePackageDatabases(dpkg(list("a")), fakeSide({}), [moved])).toEqual({
    packages: [{ name: "a", arch: "all", before: "1" }],
  });
});

test("a database of rpm of another kind, which cannot be read: the packages of the old one are not told as gone", async () => {
  const files: FileChange[] = [
    { path: BERKELEY, change: "added", type: "file", after: state, what: [] },
    { path: SQLITE, change: "removed", type: "file", before: state, what: [] },
  ];

  expect(await comparePackageDatabases(rpm({ [SQLITE]: ["a"] }), rpm({ [BERKELEY]: "damaged" }), files)).toEqual({
    packagesUnread: [{ path: BERKELEY, side: "after", reason: "damaged" }],
  });
  expect(await comparePackageDatabases(rpm({ [SQLITE]: ["a"] }), rpm({ [BERKELEY]: ["a", "b"] }), files)).toEqual({
    packages: [{ name: "b", arch: "", after: "1" }],
  });
});

test("an appliance that cannot read a database of rpm from its file", async () => {
  const result = await comparePackageDatabases(fakeSide({}), fakeSide({}), [{ ...changed, path: SQLITE }]);

  expect(result.packages).toBeUndefined();
  expect(result.packagesUnread?.map(({ side }) => side)).toEqual(["before", "after"]);
});

test("other files say nothing of packages", async () => {
  expect(await comparePackageDatabases(rpm({}), rpm({}), [{ ...changed, path: "/etc/passwd" }])).toEqual({});
});
