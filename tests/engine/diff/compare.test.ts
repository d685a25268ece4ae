import { expect, test } from "vitest";

import { findCandidates, planReading } from "../../../engine/diff/classify.ts";
import { compareFiles } from "../../../engine/diff/compare.ts";
import { gatherDetails } from "../../../engine/diff/gather.ts";
import { Redactor } from "../../../engine/diff/redact.ts";
import { takeSnapshot } from "../../../engine/diff/snapshot.ts";
import { readTree } from "../../../engine/diff/tree.ts";
import { Secret, type FileChange } from "../../../schemas/index.ts";
import { fakeGuest, type FakeFiles } from "../fake-guest.ts";

const DIRECTORY = 0o040755;

interface Extra {
  readonly redactor?: Redactor;
  readonly timesSet?: ReadonlySet<string>;
}

async function diff(before: FakeFiles, after: FakeFiles, extra: Extra = {}): Promise<FileChange[]> {
  const [old, now] = [fakeGuest(before), fakeGuest(after)];
  const snapshot = await takeSnapshot(old);
  const tree = await readTree(now);
  const candidates = findCandidates(snapshot.tree, tree, () => true);
  const reading = planReading(candidates, snapshot.tree, tree, new Set());
  return compareFiles({
    candidates,
    before: snapshot,
    beforeDetails: await gatherDetails(old, reading.before),
    after: tree,
    afterDetails: await gatherDetails(now, reading.after),
    redactor: extra.redactor ?? new Redactor(),
    ...(extra.timesSet === undefined ? {} : { timesSet: extra.timesSet }),
  });
}

test("equal trees differ in nothing", async () => {
  const files: FakeFiles = { "/etc": { mode: DIRECTORY }, "/etc/motd": { content: "hi\n" }, "/l": { target: "etc" } };

  expect(await diff(files, files)).toEqual([]);
});

test("a file that was written again with the same content is no change", async () => {
  const changes = await diff(
    { "/a": { content: "x", ctime: 1 } },
    { "/a": { content: "x", ctime: 2, mtime: 9, ino: 7 } },
  );

  expect(changes).toEqual([]);
});

test("a changed text comes with hunks, sizes and digests", async () => {
  const [change] = await diff(
    { "/a": { content: "one\ntwo\n", ctime: 1 } },
    { "/a": { content: "one\n2\n", ctime: 2 } },
  );

  expect(change).toMatchObject({
    path: "/a",
    change: "changed",
    what: ["content"],
    text: "@@ -1,2 +1,2 @@\n one\n-two\n+2\n",
  });
  expect(change?.before?.size).toBe(8);
  expect(change?.after?.sha256).toMatch(/^[0-9a-f]{64}$/u);
});

test("mode, owner, label, attributes and targets are told apart", async () => {
  const changes = await diff(
    {
      "/m": { content: "", mode: 0o100644, ctime: 1 },
      "/o": { content: "", uid: 0, ctime: 1 },
      "/s": { content: "", ctime: 1, xattrs: { "security.selinux": "a_t\0" } },
      "/x": { content: "", ctime: 1 },
      "/l": { target: "a", ctime: 1 },
      "/d": { mode: DIRECTORY, ctime: 1 },
    },
    {
      "/m": { content: "", mode: 0o100600, ctime: 2 },
      "/o": { content: "", uid: 5, ctime: 2 },
      "/s": { content: "", ctime: 2, xattrs: { "security.selinux": "b_t\0" } },
      "/x": { content: "", ctime: 2, xattrs: { "user.k": "v" } },
      "/l": { target: "b", ctime: 2 },
      "/d": { mode: DIRECTORY, ctime: 2, xattrs: { "security.selinux": "c_t\0" } },
    },
  );

  expect(changes.map((change) => [change.path, change.what])).toEqual([
    ["/d", ["label"]],
    ["/l", ["target"]],
    ["/m", ["mode"]],
    ["/o", ["owner"]],
    ["/s", ["label"]],
    ["/x", ["xattrs"]],
  ]);
  expect(changes[4]).toMatchObject({ before: { label: "a_t" }, after: { label: "b_t" } });
  expect(changes[5]?.after?.xattrs).toEqual({ "user.k": "dg==" });
});

test("added, removed and another type", async () => {
  const changes = await diff(
    { "/gone": { content: "x" }, "/t": { content: "x", ino: 1 } },
    { "/new": { content: "hello\n" }, "/t": { target: "new", ino: 2 } },
  );

  expect(changes).toMatchObject([
    { path: "/gone", change: "removed", type: "file" },
    { path: "/new", change: "added", text: "@@ -0,0 +1 @@\n+hello\n" },
    {
      path: "/t",
      change: "changed",
      type: "symlink",
      before: { type: "file" },
      after: { type: "symlink", target: "new" },
    },
  ]);
  expect(changes[2]?.what).toContain("type");
});

test("binary content is told by size and digest", async () => {
  const [change] = await diff(
    { "/b": { content: Uint8Array.of(0, 1), ctime: 1 } },
    { "/b": { content: Uint8Array.of(0, 2, 3), ctime: 2 } },
  );

  expect(change).toMatchObject({ textOmitted: "binary", before: { size: 2 }, after: { size: 3 } });
  expect(change?.text).toBeUndefined();
});

test("mtime alone counts only where the recipe sets times", async () => {
  const [before, after]: [FakeFiles, FakeFiles] = [
    { "/a": { content: "x", mtime: 1 } },
    { "/a": { content: "x", mtime: 2 } },
  ];

  expect(await diff(before, after)).toEqual([]);
  expect(await diff(before, after, { timesSet: new Set(["/a"]) })).toMatchObject([
    { what: ["mtime"], before: { mtime: "1.000000000" }, after: { mtime: "2.000000000" } },
  ]);
});

test("secret files show neither content nor digest", async () => {
  const changes = await diff(
    { "/etc/shadow": { content: "root:*:\n", ctime: 1 } },
    {
      "/etc/shadow": { content: "root:$6$abc:\n", ctime: 2 },
      "/root/key": { content: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n" },
    },
  );

  expect(changes).toMatchObject([{ secret: true }, { secret: true }]);
  expect(JSON.stringify(changes)).not.toContain("$6$abc");
  expect(JSON.stringify(changes)).not.toContain("sha256");
});

test("secret values of the recipe are replaced in hunks", async () => {
  const redactor = new Redactor([new Secret("hunter2")]);

  const [change] = await diff({}, { "/app.conf": { content: "user=a\npassword=hunter2\n" } }, { redactor });

  expect(change?.text).toBe("@@ -0,0 +1,2 @@\n+user=a\n+password=(secret)\n");
  expect(change?.after?.sha256).toBeUndefined();
});

test("a change of nothing but a secret value says so", async () => {
  const redactor = new Redactor([new Secret("hunter2"), new Secret("hunter3")]);

  const [change] = await diff(
    { "/c": { content: "hunter2", ctime: 1 } },
    { "/c": { content: "hunter3", ctime: 2 } },
    { redactor },
  );

  expect(change).toMatchObject({ what: ["content"], secret: true });
  expect(change?.text).toBeUndefined();
});
