import { expect, test } from "vitest";

import { batches, readTree } from "../../../engine/diff/tree.ts";
import { readTargets, readXattrs } from "../../../engine/diff/contents.ts";
import { fakeGuest, type FakeFiles } from "../fake-guest.ts";

const files: FakeFiles = {
  "/etc": { mode: 0o040755, ino: 2 },
  "/etc/a b": { content: "x", ino: 3 },
  "/etc/\udcff": { content: "", ino: 4, xattrs: { "user.a": "1" } },
  "/l": { target: "etc", ino: 5 },
};

test("walks with one call for all names", async () => {
  const calls: string[] = [];

  const tree = await readTree(fakeGuest(files, { calls }));

  expect([...tree.keys()]).toEqual(["/", ...Object.keys(files)]);
  expect(tree.get("/etc/a b")).toMatchObject({ st_ino: 3n, st_size: 1n, st_mode: 0o100644n });
  expect(calls).toEqual(["find0", "internal_lstatnslist"]);
});

test("walks folder by folder where the daemon takes plain names only", async () => {
  const guest = fakeGuest(files, { plainNames: true });

  const tree = await readTree(guest);

  expect([...tree.values()].map((stat) => stat.st_ino)).toEqual([1n, 2n, 3n, 4n, 5n]);
  expect((await readTargets(guest, ["/l", "/etc/a b"])).get("/l")).toBe("etc");
  expect((await readXattrs(guest, ["/etc/a b", "/etc/\udcff"])).get("/etc/\udcff")?.size).toBe(1);
});

test("batches are bounded in number and bytes", () => {
  expect([...batches(Array.from({ length: 2500 }, () => "a"))].map((batch) => batch.length)).toEqual([1000, 1000, 500]);
  expect([...batches(Array.from({ length: 5 }, () => "a".repeat(200_000)))].map((batch) => batch.length)).toEqual([
    1, 1, 1, 1, 1,
  ]);
  expect([...batches([])]).toEqual([]);
});
