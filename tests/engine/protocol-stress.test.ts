/** The protocol under stress, client and daemon in one process: refused files, the largest message, names of any bytes, large folders. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createGuestfs, GuestfsError, memoryTransport, type GuestfsApi } from "../../engine/index.ts";
import { createDaemon } from "../../guestfsd/index.ts";
import { actions, GUESTFS_MESSAGE_MAX, HEADER_SIZE, streamArg, type ActionName } from "../../schemas/index.ts";
import { randomFrom } from "./random.ts";

const sysroot = mkdtempSync(join(tmpdir(), "gild-stress-"));
const daemon = createDaemon({ sysroot });
const client = createGuestfs(memoryTransport(daemon));
const g: GuestfsApi = client.g;

beforeAll(async () => client.launched());
afterAll(() => {
  daemon.close();
  rmSync(sysroot, { recursive: true });
});

async function isInStep(word: string): Promise<boolean> {
  return (await g.echo_daemon({ words: [word] })) === word;
}

const byBytes = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b);

describe("a file that the daemon does not take to its end", () => {
  /** Arguments with which each action that takes a file fails: before it, in the middle of it, or after it. */
  const refused: readonly (readonly [name: ActionName, args: Readonly<Record<string, unknown>>])[] = [
    ["upload", { remotefilename: "/none/f" }],
    ["upload", { remotefilename: "relative" }],
    ["upload", { remotefilename: "/dev/none" }],
    ["upload_offset", { remotefilename: "/f", offset: -1n }],
    ["tar_in", { directory: "/none" }],
    ["tar_in", { directory: "/", compress: "no-such" }],
    ["tgz_in", { directory: "/none" }],
    ["txz_in", { directory: "/none" }],
    ["base64_in", { filename: "/none/f" }],
    ["ntfsclone_in", { device: "/dev/none" }],
    ["yara_load", {}],
    ["debug_upload", { tmpname: "/none/f", mode: 0o600 }],
    ["internal_upload", { tmpname: "/none/f", mode: 0o600 }],
    ["internal_rhbz914931", { count: 3 }],
  ];

  test("every action that takes a file is here", () => {
    const names = Object.entries(actions).flatMap(([name, action]) =>
      streamArg(action)?.direction === "in" ? [name] : [],
    );

    expect(new Set(refused.map(([name]) => name))).toEqual(new Set(names));
  });

  test.each(refused)("%s leaves the connection in step, whatever its size", async (name, args) => {
    const random = randomFrom(914_931);
    const stream = streamArg(actions[name]);
    // The client has a method for every action; that this one takes these arguments is what the table above says.
    const method = g[name] as (args: unknown) => Promise<unknown>;
    for (let time = 0; time < 10; time += 1) {
      const file = Buffer.alloc(random(300_000), "*no base64, no tar*");

      const error: unknown = await method({ ...args, [stream?.name ?? ""]: file }).catch((caught: unknown) => caught);

      expect(error).toBeInstanceOf(GuestfsError);
      expect(await isInStep(`${name} ${time}`)).toBe(true);
    }
  });
});

describe("the largest message", () => {
  /** The longest word whose call fits: what header, count of words, and length of the word leave. */
  const longest = GUESTFS_MESSAGE_MAX - HEADER_SIZE - 8;

  test("comes through whole, and its reply", async () => {
    expect(await isInStep("x".repeat(longest))).toBe(true);
  });

  test("a larger reply is an error, and the connection stays in step", async () => {
    writeFileSync(join(sysroot, "lines"), `${"x".repeat(99)}\n`.repeat(50_000));

    await expect(g.head_n({ nrlines: 50_000, path: "/lines" })).rejects.toMatchObject({ name: "GuestfsError" });
    expect(await isInStep("reply")).toBe(true);
    expect(await g.read_lines({ path: "/lines" })).toHaveLength(50_000);
  });

  test("a larger call is not sent, and the connection stays in step", async () => {
    await expect(g.echo_daemon({ words: ["x".repeat(longest + 1)] })).rejects.toMatchObject({ errno: "E2BIG" });
    expect(await isInStep("call")).toBe(true);
  });
});

test("names of any bytes but zero and slash come and go as they are", async () => {
  mkdirSync(join(sysroot, "bytes"));
  const codes = Array.from({ length: 255 }, (_, index) => index + 1).filter((code) => ![0x2f, 0x2e].includes(code));
  const raw = codes.map((code) => Buffer.of(code, 0x2d, 0xff, code));
  const directory = Buffer.from(join(sysroot, "bytes/"));
  for (const name of raw) writeFileSync(Buffer.concat([directory, name]), name);

  const names = await g.ls({ directory: "/bytes" });
  const contents: Buffer[] = [];
  for (const name of names) contents.push(Buffer.from(await g.read_file({ path: `/bytes/${name}` })));
  const stats = await g.lstatlist({ path: "/bytes", names });
  for (const name of names) await g.rename({ oldpath: `/bytes/${name}`, newpath: `/bytes/moved-${name}` });

  expect(names).toHaveLength(raw.length);
  expect(contents.toSorted(byBytes)).toEqual(raw.toSorted(byBytes));
  expect(stats.every(({ size }) => size === 4n)).toBe(true);
  const moved = readdirSync(join(sysroot, "bytes"), { encoding: "buffer" });
  expect(moved.toSorted(byBytes)).toEqual(
    raw.map((name) => Buffer.concat([Buffer.from("moved-"), name])).toSorted(byBytes),
  );
  expect((await g.find({ directory: "/bytes" })).length).toBe(raw.length);
  expect((await g.readdir({ dir: "/bytes" })).map(({ name }) => name).toSorted()).toEqual(
    ["..", ".", ...names.map((name) => `moved-${name}`)].toSorted(),
  );
});

test("100,000 names in one folder are listed, walked, and looked at", { timeout: 120_000 }, async () => {
  const COUNT = 100_000;
  mkdirSync(join(sysroot, "many"));
  const wanted = Array.from({ length: COUNT }, (_, index) => `file-${String(index).padStart(6, "0")}`);
  for (const name of wanted) writeFileSync(join(sysroot, "many", name), "");
  writeFileSync(join(sysroot, "many", "file-077777"), "found");

  const listed = await g.ls({ directory: "/many" });
  const walked = await g.find({ directory: "/many" });
  const read = await g.readdir({ dir: "/many" });
  const stats = await g.lstatlist({ path: "/many", names: wanted });
  const links = await g.readlinklist({ path: "/many", names: wanted });

  // Not toEqual: its message would have all the names.
  expect([listed.length, listed.every((name, index) => name === wanted[index])]).toEqual([COUNT, true]);
  expect([walked.length, walked.every((name, index) => name === wanted[index])]).toEqual([COUNT, true]);
  expect(read.length).toBe(COUNT + 2);
  expect(stats.flatMap(({ size }, index) => (size === 0n ? [] : [index]))).toEqual([77_777]);
  expect([stats.length, links.length]).toEqual([COUNT, COUNT]);
});
