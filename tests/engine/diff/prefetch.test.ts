import { expect, test } from "vitest";

import { Prefetch, fileOfAugeasPath } from "../../../engine/diff/prefetch.ts";
import { readTree } from "../../../engine/diff/tree.ts";
import { call } from "../../../schemas/index.ts";
import { fakeGuest } from "../fake-guest.ts";

const files = {
  "/etc": { mode: 0o040755 },
  "/etc/motd": { content: "old\n", xattrs: { "user.a": "1" } },
  "/etc/hosts": { content: "127.0.0.1 a\n" },
};
const unread = { xattrs: new Map(), targets: new Map(), contents: new Map(), digests: new Map() };
const request = { xattrs: ["/etc/motd"], targets: [], contents: ["/etc/motd", "/etc/hosts"], digests: [] };

test("keeps what an action names, and asks the base for the rest", async () => {
  const guest = fakeGuest(files);
  const prefetch = new Prefetch();

  await prefetch.before(
    guest,
    call("internal_write", { path: "/etc/motd", content: new Uint8Array(0) }),
    await readTree(guest),
  );

  expect(prefetch.missing(request, unread)).toEqual({ xattrs: [], targets: [], contents: ["/etc/hosts"], digests: [] });
  const details = prefetch.complete(unread);
  expect(Buffer.from(details.contents.get("/etc/motd") ?? []).toString()).toBe("old\n");
  expect(details.xattrs.get("/etc/motd")?.size).toBe(1);
});

test("a file that is no longer as in the snapshot is not taken for the old one", async () => {
  const tree = await readTree(fakeGuest(files));
  const prefetch = new Prefetch();
  const changed = fakeGuest({ ...files, "/etc/motd": { content: "new\n", ctime: 2000 } });

  await prefetch.before(changed, call("internal_write", { path: "/etc/motd", content: new Uint8Array(0) }), tree);

  expect(prefetch.missing(request, unread).contents).toEqual(["/etc/motd", "/etc/hosts"]);
});

test("files whose Augeas tree was changed are kept before aug_save", async () => {
  const guest = fakeGuest(files);
  const prefetch = new Prefetch();
  prefetch.noteAugeas(call("aug_set", { augpath: "/files/etc/hosts/1/canonical", val: "b" }));

  await prefetch.before(guest, call("aug_save", {}), await readTree(guest));

  expect(prefetch.missing(request, unread).contents).toEqual(["/etc/motd"]);
});

test.each([
  ["/files/etc/hosts/1/canonical", "/etc/hosts"],
  ["/files/etc/hosts[1]/x", "/etc/hosts"],
  ["/files/etc/none/x", undefined],
  ["/files", undefined],
])("%s belongs to %s", async (path, file) => {
  expect(fileOfAugeasPath(path, await readTree(fakeGuest(files)))).toBe(file);
});

test("files of a filesystem without a true ctime are digested before, and the base is asked only for those that differ", async () => {
  const guest = fakeGuest(files);
  const prefetch = new Prefetch();
  await prefetch.digestDoubted(guest, await readTree(guest), () => false);
  const after = {
    ...unread,
    contents: new Map([
      ["/etc/motd", Buffer.from("old\n")],
      ["/etc/hosts", Buffer.from("changed\n")],
    ]),
  };

  expect(prefetch.missing(request, after)).toMatchObject({ xattrs: [], contents: ["/etc/hosts"], digests: [] });
});
