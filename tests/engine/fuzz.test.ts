/** No byte string from the appliance may crash or hang the client: every call settles, with a known error or a result. */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { createGuestfs, GuestfsError, LaunchError } from "../../engine/index.ts";
import {
  encodeHeader,
  flagWord,
  GUESTFS_CANCEL_FLAG,
  GUESTFS_LAUNCH_FLAG,
  ProtocolError,
  replyHeader,
  FIRST_SERIAL,
  actions,
  type ActionName,
  type Guestfs,
} from "../../schemas/index.ts";
import { chunk, errorReply, reply, ScriptedTransport } from "./scripted-transport.ts";

const calls: Readonly<Record<string, (g: Guestfs) => Promise<unknown>>> = {
  ping_daemon: (g) => g.ping_daemon(),
  is_dir: (g) => g.is_dir({ path: "/" }),
  readlink: (g) => g.readlink({ path: "/x" }),
  statns: (g) => g.statns({ path: "/x" }),
  internal_lstatnslist: (g) => g.internal_lstatnslist({ path: "/", names: ["a"] }),
  lgetxattrs: (g) => g.lgetxattrs({ path: "/" }),
  available_all_groups: (g) => g.available_all_groups(),
  upload: (g) => g.upload({ filename: Buffer.alloc(100_000), remotefilename: "/x" }),
  download: (g) => g.download({ remotefilename: "/x", filename: () => undefined }),
  ls0: (g) => g.ls0({ dir: "/", filenames: () => undefined }),
};

// Names of `calls` are actions; Object.keys loses that.
const names = Object.keys(calls) as ActionName[];

/** Answers the call with these bytes, then ends the stream. */
async function outcome(name: ActionName, bytes: readonly Uint8Array[]): Promise<unknown> {
  const daemon = new ScriptedTransport();
  const { g } = createGuestfs(daemon);
  daemon.onUnit = (_unit, index) => {
    if (index > 0) return;
    daemon.say(...bytes);
    daemon.end();
  };
  return calls[name]?.(g).then(
    () => "result",
    (error: unknown) => error,
  );
}

function isExpected(result: unknown): boolean {
  return (
    result === "result" ||
    result instanceof ProtocolError ||
    result instanceof GuestfsError ||
    result instanceof LaunchError
  );
}

const anyName = fc.constantFrom(...names);

test("arbitrary bytes", async () => {
  await fc.assert(
    fc.asyncProperty(anyName, fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), async (name, bytes) => {
      expect(await outcome(name, bytes)).toSatisfy(isExpected);
    }),
    { numRuns: 500 },
  );
});

test("arbitrary units in any order", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyName,
      fc.array(fc.nat({ max: 6 }), { maxLength: 6 }),
      fc.uint8Array(),
      async (name, kinds, data) => {
        const units = kinds.map((kind) => unitOf(kind, name, data));
        expect(await outcome(name, units)).toSatisfy(isExpected);
      },
    ),
    { numRuns: 500 },
  );
});

test("a right header with any body", async () => {
  await fc.assert(
    fc.asyncProperty(anyName, fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (name, data, failed) => {
      const body = data.subarray(0, data.length - (data.length % 4));
      expect(await outcome(name, [reply(name, 0, body, { status: failed ? 1 : 0 })])).toSatisfy(isExpected);
    }),
    { numRuns: 500 },
  );
});

test("one changed byte anywhere in a right answer", async () => {
  const answer = Buffer.concat([reply("download", 0), chunk("some data"), chunk("")]);
  for (let at = 0; at < answer.length; at += 1) {
    for (const value of [0x01, 0x80, 0xff]) {
      const changed = Buffer.from(answer);
      changed[at] = (changed[at] ?? 0) ^ value;
      expect(await outcome("download", [changed])).toSatisfy(isExpected);
    }
  }
});

test("every truncation of a right answer", async () => {
  const answer = Buffer.concat([errorReply("mkdir", 0, "EIO", "some text"), flagWord(GUESTFS_CANCEL_FLAG)]);
  for (let size = 0; size < answer.length; size += 1) {
    expect(await outcome("ping_daemon", [answer.subarray(0, size)])).toSatisfy(isExpected);
  }
});

test("a length bomb costs no memory", async () => {
  const header = encodeHeader(replyHeader({ proc: actions.available_all_groups.proc, serial: FIRST_SERIAL }));
  const bomb = Buffer.concat([Buffer.from("0000002c", "hex"), header, Buffer.from("000fffff", "hex")]);

  expect(await outcome("available_all_groups", [bomb])).toMatchObject({ name: "ProtocolError", code: "BAD_BODY" });
});

function unitOf(kind: number, name: ActionName, data: Uint8Array): Uint8Array {
  switch (kind) {
    case 0:
      return flagWord(GUESTFS_CANCEL_FLAG);
    case 1:
      return flagWord(GUESTFS_LAUNCH_FLAG);
    case 2:
      return chunk(data);
    case 3:
      return chunk("", true);
    case 4:
      return errorReply(name, 0, "EIO", "text");
    case 5:
      return reply(name, 0);
    default:
      return chunk("");
  }
}
