import { expect, test } from "vitest";

import { compareSides } from "../../../engine/diff/compare-sides.ts";
import { Redactor } from "../../../engine/diff/redact.ts";
import { wholeScope } from "../../../engine/diff/touched.ts";
import { Secret, type FileChange } from "../../../schemas/index.ts";
import { fakeSide, oneVolume, type Sketches } from "./fake-side.ts";

const DIRECTORY = 0o040755;

interface Extra {
  readonly redactor?: Redactor;
  readonly timesSet?: ReadonlySet<string>;
}

async function diff(before: Sketches, after: Sketches, extra: Extra = {}): Promise<readonly FileChange[]> {
  const volumes = oneVolume();
  const { files } = await compareSides({
    before: fakeSide(before),
    after: fakeSide(after),
    scope: wholeScope(volumes),
    volumes,
    redactor: extra.redactor ?? new Redactor(),
    named: new Set(),
    timesSet: extra.timesSet ?? new Set(),
    lenses: new Map(),
  });
  return files;
}

test("equal trees differ in nothing", async () => {
  const files: Sketches = { "/etc": { mode: DIRECTORY }, "/etc/motd": { content: "hi\n" }, "/l": { target: "etc" } };

  expect(await diff(files, files)).toEqual([]);
});

test("a file that was written again with the same content is no change", async () => {
  const changes = await diff(
    { "/a": { content: "x", ctime: 1n } },
    { "/a": { content: "x", ctime: 2n, mtime: 9n, ino: 7n } },
  );

  expect(changes).toEqual([]);
});

test("a changed text comes with hunks, sizes and digests", async () => {
  const [change] = await diff(
    { "/a": { content: "one\ntwo\n", ctime: 1n } },
    { "/a": { content: "one\n2\n", ctime: 2n } },
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
      "/m": { content: "", mode: 0o100644, ctime: 1n },
      "/o": { content: "", uid: 0, ctime: 1n },
      "/s": { content: "", ctime: 1n, xattrs: { "security.selinux": "a_t\0" } },
      "/x": { content: "", ctime: 1n },
      "/l": { target: "a", ctime: 1n },
      "/d": { mode: DIRECTORY, ctime: 1n },
    },
    {
      "/m": { content: "", mode: 0o100600, ctime: 2n },
      "/o": { content: "", uid: 5, ctime: 2n },
      "/s": { content: "", ctime: 2n, xattrs: { "security.selinux": "b_t\0" } },
      "/x": { content: "", ctime: 2n, xattrs: { "user.k": "v" } },
      "/l": { target: "b", ctime: 2n },
      "/d": { mode: DIRECTORY, ctime: 2n, xattrs: { "security.selinux": "c_t\0" } },
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
    { "/gone": { content: "x" }, "/t": { content: "x", ino: 1n } },
    { "/new": { content: "hello\n" }, "/t": { target: "new", ino: 2n } },
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
    { "/b": { content: Uint8Array.of(0, 1), ctime: 1n } },
    { "/b": { content: Uint8Array.of(0, 2, 3), ctime: 2n } },
  );

  expect(change).toMatchObject({ textOmitted: "binary", before: { size: 2 }, after: { size: 3 } });
  expect(change?.text).toBeUndefined();
});

test("mtime alone counts only where the recipe sets times", async () => {
  const [before, after]: [Sketches, Sketches] = [
    { "/a": { content: "x", mtime: 1n } },
    { "/a": { content: "x", mtime: 2n } },
  ];

  expect(await diff(before, after)).toEqual([]);
  expect(await diff(before, after, { timesSet: new Set(["/a"]) })).toMatchObject([
    { what: ["mtime"], before: { mtime: "0.000000001" }, after: { mtime: "0.000000002" } },
  ]);
});

test("secret files show neither content nor digest", async () => {
  const changes = await diff(
    { "/etc/shadow": { content: "root:*:\n", ctime: 1n } },
    {
      "/etc/shadow": { content: "root:$6$abc:\n", ctime: 2n },
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
    { "/c": { content: "hunter2", ctime: 1n } },
    { "/c": { content: "hunter3", ctime: 2n } },
    { redactor },
  );

  expect(change).toMatchObject({ what: ["content"], secret: true });
  expect(change?.text).toBeUndefined();
});

test("access control lists and capabilities are told as such", async () => {
  const acl = Buffer.from("0200000001000600ffffffff", "hex");
  const [one, two] = await diff(
    { "/a": { ctime: 1n, xattrs: { "system.posix_acl_access": acl } }, "/p": { ctime: 1n } },
    {
      "/a": { ctime: 2n },
      "/p": {
        ctime: 2n,
        xattrs: { "security.capability": Buffer.from("0100000200200000000000000000000000000000", "hex") },
      },
    },
  );

  expect(one).toMatchObject({ what: ["acl"], before: { acl: "user::rw-" } });
  expect(two).toMatchObject({ what: ["capabilities"], after: { capabilities: "cap_net_raw=ep" } });
  expect(two?.after?.xattrs).toBeUndefined();
});

test("the root directory counts too", async () => {
  expect(await diff({ "/": { mode: DIRECTORY } }, { "/": { mode: 0o040700 } })).toMatchObject([
    { path: "/", what: ["mode"] },
  ]);
});

test("a name of a file that has an earlier one is a hard link to it", async () => {
  const changes = await diff(
    { "/a": { content: "x", ino: 5n } },
    { "/a": { content: "x", ino: 5n, nlink: 2, ctime: 2n }, "/b": { content: "x", ino: 5n, nlink: 2 } },
  );

  expect(changes).toMatchObject([{ path: "/b", change: "added", after: { hardLink: "/a" } }]);
  expect(changes[0]?.text).toBeUndefined();
});

test("a name that comes or goes is the link, though it is the first", async () => {
  const [one, two] = [
    { content: "x", ino: 5n },
    { content: "x", ino: 5n, nlink: 2 },
  ];

  expect(await diff({ "/b": one }, { "/a": two, "/b": two })).toMatchObject([
    { path: "/a", change: "added", after: { hardLink: "/b" } },
  ]);
  expect(await diff({ "/a": two, "/b": two }, { "/b": one })).toMatchObject([
    { path: "/a", change: "removed", before: { hardLink: "/b" } },
  ]);
});

test("a name whose file lost the name it was a link to has changed, though it looks the same", async () => {
  const two = { content: "x", ino: 5n, nlink: 2 };

  const changes = await diff({ "/a": two, "/b": two }, { "/a": { content: "y", ino: 6n }, "/b": two });

  expect(changes.map(({ path, what }) => ({ path, what }))).toEqual([
    { path: "/a", what: ["content"] },
    { path: "/b", what: ["hard-link"] },
  ]);
});

test("a link that became a file of its own has changed, though nothing else differs", async () => {
  const two = { content: "x", ino: 5n, nlink: 2 };

  expect(
    await diff({ "/a": two, "/b": two }, { "/a": { content: "x", ino: 5n }, "/b": { content: "x", ino: 6n } }),
  ).toMatchObject([{ path: "/b", what: ["hard-link"], before: { hardLink: "/a" } }]);
});

test("a file that was moved is one change, with what else differs", async () => {
  const file = { content: "one\n", ino: 7n, born: 3n };

  expect(await diff({ "/a": file }, { "/b": { ...file, ctime: 2n } })).toEqual([
    expect.objectContaining({ path: "/b", change: "moved", from: "/a", what: [] }),
  ]);
  expect(await diff({ "/a": file }, { "/b": { ...file, content: "two\n", ctime: 2n } })).toMatchObject([
    { path: "/b", change: "moved", from: "/a", what: ["content"], text: "@@ -1 +1 @@\n-one\n+two\n" },
  ]);
});

test("of a moved directory only what differs in it is told", async () => {
  const tree = (top: string, mode = 0o100644): Sketches => ({
    [top]: { mode: DIRECTORY, ino: 1n, born: 1n },
    [`${top}/inner`]: { mode: DIRECTORY, ino: 2n, born: 1n },
    [`${top}/inner/same`]: { content: "x", ino: 3n, born: 1n },
    [`${top}/inner/other`]: { content: "y", ino: 4n, born: 1n, mode },
    [`${top}/linked`]: { content: "z", ino: 5n, born: 1n, nlink: 2 },
    [`${top}/linked2`]: { content: "z", ino: 5n, born: 1n, nlink: 2 },
  });
  const [old, next] = [tree("/old"), tree("/new", 0o100600)];

  const changes = await diff(
    { ...old, "/old/gone": { ino: 9n, born: 9n } },
    { ...next, "/new/come": { ino: 9n, born: 10n } },
  );

  expect(changes.map(({ path, change, what }) => [path, change, ...what])).toEqual([
    ["/new", "moved"],
    ["/new/come", "added"],
    ["/new/inner/other", "moved", "mode"],
    ["/old/gone", "removed"],
  ]);
});

test("another file with the same inode number was not moved", async () => {
  const changes = await diff({ "/a": { ino: 7n, born: 3n } }, { "/b": { ino: 7n, born: 4n } });

  expect(changes.map(({ change }) => change)).toEqual(["removed", "added"]);
});

test("a package database tells which packages came, went and changed", async () => {
  const status = (...packages: (readonly [string, string])[]): Sketches => ({
    "/var/lib/dpkg/status": {
      content: packages
        .map(
          ([name, version]) =>
            `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: ${version}\n`,
        )
        .join("\n"),
    },
  });
  const volumes = oneVolume();

  const { packages } = await compareSides({
    before: fakeSide(status(["bash", "1"], ["curl", "2"], ["old", "3"])),
    after: fakeSide(status(["bash", "1"], ["curl", "2.1"], ["nginx", "1.22.1-9"])),
    scope: wholeScope(volumes),
    volumes,
    redactor: new Redactor(),
    named: new Set(),
    timesSet: new Set(),
    lenses: new Map(),
  });

  expect(packages).toEqual([
    { name: "curl", arch: "all", before: "2", after: "2.1" },
    { name: "nginx", arch: "all", after: "1.22.1-9" },
    { name: "old", arch: "all", before: "3" },
  ]);
});
