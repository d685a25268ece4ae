/** Client and daemon in one process, over the real bytes. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { createGuestfs, memoryTransport, type GuestfsApi } from "../../engine/index.ts";
import { createDaemon } from "../../guestfsd/index.ts";

const sysroot = mkdtempSync(join(tmpdir(), "gild-memory-"));
const daemon = createDaemon({ sysroot });
const client = createGuestfs(memoryTransport(daemon));
const g: GuestfsApi = client.g;

beforeAll(() => client.launched());
afterAll(() => {
  daemon.close();
  rmSync(sysroot, { recursive: true });
});

test("writes and reads through the library functions", async () => {
  await g.mkdir_p({ path: "/a/b" });
  await g.write({ path: "/a/b/f", content: "one\r\ntwo\n" });
  await g.write_append({ path: "/a/b/f", content: "three" });

  expect(readFileSync(join(sysroot, "a/b/f"), "utf8")).toBe("one\r\ntwo\nthree");
  expect(await g.cat({ path: "/a/b/f" })).toBe("one\r\ntwo\nthree");
  expect(await g.read_lines({ path: "/a/b/f" })).toEqual(["one", "two", "three"]);
  expect(await g.ls({ directory: "/a" })).toEqual(["b"]);
  expect(await g.stat({ path: "/a/b/f" })).toMatchObject({ size: 14n });
});

test("sends more than 2 MiB as a file", async () => {
  const content = Buffer.alloc(5_000_001, "x");

  await g.write({ path: "/big", content });
  await g.write_append({ path: "/big", content });

  expect((await g.read_file({ path: "/big" })).length).toBe(10_000_002);
});

test("lists thousands of names in slices", async () => {
  const names = Array.from({ length: 2500 }, (_, at) => `f${at}`);
  await g.mkdir({ path: "/many" });
  await g.touch({ path: "/many/f2400" });
  symlinkSync("target", join(sysroot, "many/f7"));

  const stats = await g.lstatnslist({ path: "/many", names });
  const links = await g.readlinklist({ path: "/many", names });

  expect(stats.length).toBe(2500);
  expect(stats.flatMap((stat, at) => (stat.st_ino === -1n ? [] : [at]))).toEqual([7, 2400]);
  expect(links[7]).toBe("target");
});

test("an error of a library function has the function's name", async () => {
  await expect(g.cat({ path: "/none" })).rejects.toMatchObject({ action: "cat", errno: "ENOENT" });
  await expect(g.ls({ directory: "/none" })).rejects.toMatchObject({ action: "ls", errno: "ENOENT" });
});

test("a refused upload leaves the connection usable", async () => {
  await expect(g.upload({ filename: Buffer.alloc(100_000), remotefilename: "/no/such" })).rejects.toMatchObject({
    errno: "ENOENT",
  });

  await expect(g.ping_daemon()).resolves.toBeUndefined();
});

test("feature groups", async () => {
  await expect(g.available({ groups: ["no-such-group"] })).rejects.toMatchObject({ errno: "EINVAL" });
  await expect(g.feature_available({ groups: [] })).resolves.toBe(true);
});
