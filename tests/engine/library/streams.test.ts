/** Library functions over FileOut streams: the daemon's bytes are taken apart, and distrusted. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createGuestfs, memoryTransport, type GuestfsApi } from "../../../engine/index.ts";
import { createStreamLibrary } from "../../../engine/library/streams.ts";
import { createDaemon } from "../../../guestfsd/index.ts";
import { bytesFromText, structs, textFromBytes, type Guestfs, type StructOf } from "../../../schemas/index.ts";

const dirent: StructOf<"tsk_dirent"> = { ...structs.tsk_dirent.filler, tsk_inode: 2n ** 64n - 1n, tsk_name: "a/b" };
const packed = structs.tsk_dirent.xdr.encode(dirent);

describe("with the daemon", () => {
  const sysroot = mkdtempSync(join(tmpdir(), "gild-streams-"));
  const daemon = createDaemon({ sysroot });
  const client = createGuestfs(memoryTransport(daemon));
  const g: GuestfsApi = client.g;

  beforeAll(() => client.launched());
  afterAll(() => {
    daemon.close();
    rmSync(sysroot, { recursive: true });
  });

  test("journal_get gives the fields of an entry", async () => {
    const journal = readFileSync(new URL("../../fixtures/journal/three-entries.journal.gz", import.meta.url));
    mkdirSync(join(sysroot, "journal"));
    writeFileSync(join(sysroot, "journal/system.journal"), gunzipSync(journal));
    await g.journal_open({ directory: "/journal" });
    await g.journal_next();

    const fields = (await g.journal_get()).map(({ attrname, attrval }) => [attrname, textFromBytes(attrval)]);

    expect(Object.fromEntries(fields)).toMatchObject({ MESSAGE: "first", PRIORITY: "6" });
    await g.journal_close();
  });

  test("yara_scan gives files and rules", async () => {
    await g.yara_load({ filename: bytesFromText("rule A { condition: true } rule B { condition: true }") });
    await g.write({ path: "/file", content: "text" });

    expect(await g.yara_scan({ path: "/file" })).toEqual([
      { yara_name: "/file", yara_rule: "A" },
      { yara_name: "/file", yara_rule: "B" },
    ]);
  });

  test("errors have the function's name", async () => {
    await expect(g.yara_scan({ path: "/none" })).rejects.toMatchObject({ action: "yara_scan", errno: "ENOENT" });
    await expect(g.find_inode({ device: "/dev/none", inode: 1n })).rejects.toMatchObject({ action: "find_inode" });
  });
});

/** The functions over a daemon that sends these bytes. */
function sending(bytes: Uint8Array): ReturnType<typeof createStreamLibrary> {
  const send = async ({ filename }: { filename: unknown }): Promise<void> => {
    if (typeof filename === "function") await Reflect.apply(filename, undefined, [bytes]);
  };
  // Only the actions that these functions call.
  return createStreamLibrary({
    internal_journal_get: send,
    internal_filesystem_walk: send,
    internal_find_inode: send,
  } as unknown as Guestfs);
}

test("filesystem_walk and find_inode give structs", async () => {
  const twice = sending(Buffer.concat([packed, packed]));

  expect(await twice.filesystem_walk({ device: "/dev/sda" })).toEqual([dirent, dirent]);
  expect(await twice.find_inode({ device: "/dev/sda", inode: 2n })).toEqual([dirent, dirent]);
  expect(await sending(new Uint8Array()).filesystem_walk({ device: "/dev/sda" })).toEqual([]);
});

test("a struct that is cut off anywhere is an error", async () => {
  for (let length = 1; length < packed.length; length++) {
    const walk = sending(packed.subarray(0, length)).filesystem_walk({ device: "/dev/sda" });

    await expect(walk).rejects.toMatchObject({ code: "BAD_BODY" });
  }
});

test.each([
  ["a length that is cut off", "\0\0\0"],
  ["a field that is cut off", "\0\0\0\0\0\0\0\u0005A=b"],
  ["a length beyond all numbers", "\u007f\0\0\0\0\0\0\u0001A=b"],
  ["a field without a name", "\0\0\0\0\0\0\0\u0001AB=c"],
])("journal_get refuses %s", async (_what, text) => {
  await expect(sending(bytesFromText(text)).journal_get()).rejects.toMatchObject({ code: "BAD_BODY" });
});
