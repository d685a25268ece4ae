/** The client against a scripted daemon: calls, errors, header checks, order. */
import { describe, expect, test } from "vitest";

import { createGuestfs, GuestfsError, LaunchError, type ClientOptions } from "../../engine/index.ts";
import {
  flagWord,
  GUESTFS_CANCEL_FLAG,
  GUESTFS_LAUNCH_FLAG,
  ProtocolError,
  progressUnit,
  splitMessage,
  type MessageHeader,
  type ProtocolErrorCode,
} from "../../schemas/index.ts";
import { errorReply, reply, ScriptedTransport } from "./scripted-transport.ts";

function connect(options: ClientOptions = {}) {
  const daemon = new ScriptedTransport();
  const client = createGuestfs(daemon, options);
  return { daemon, client, g: client.g };
}

const cancelFlag = flagWord(GUESTFS_CANCEL_FLAG);
const launchFlag = flagWord(GUESTFS_LAUNCH_FLAG);

test("waits for the launch flag", async () => {
  const { daemon, client } = connect();
  daemon.say(launchFlag);

  await expect(client.launched()).resolves.toBeUndefined();
});

test("refuses anything before the launch flag", async () => {
  const { daemon, client } = connect();
  daemon.say(cancelFlag);

  await expect(client.launched()).rejects.toMatchObject({ name: "ProtocolError", code: "UNEXPECTED_FLAG" });
});

test("sends the bytes that libguestfs sends for ping_daemon", async () => {
  const { daemon, g } = connect();
  daemon.onUnit = () => daemon.say(reply("ping_daemon", 0));

  await g.ping_daemon();

  const [unit] = daemon.units;
  const hex = unit?.type === "data" ? Buffer.from(unit.bytes).toString("hex") : "";
  expect(hex).toBe(`2000f5f5000000040000005c0000000000123400${"0".repeat(32)}00000000`);
});

test.each([
  [{ path: "/a", paht: "/b" }, "readlink: paht: no such argument; it takes path"],
  [{}, "readlink: path: the argument is missing"],
])("sends nothing for arguments that are not the action's: %o", async (args, message) => {
  const { daemon, g } = connect();

  // As a program calls it whose types nobody checks.
  await expect(Reflect.apply(g.readlink, g, [args])).rejects.toMatchObject({ errno: "EINVAL", message });

  expect(daemon.units).toEqual([]);
});

test("counts serials up and makes one call at a time, in order", async () => {
  const { daemon, g } = connect();
  const seen: number[] = [];
  daemon.onUnit = (unit, index) => {
    if (unit.type !== "data") return;
    seen.push(splitMessage(unit.bytes).header.serial);
    daemon.say(reply("ping_daemon", index));
  };

  await Promise.all([g.ping_daemon(), g.ping_daemon(), g.ping_daemon()]);

  expect(seen).toEqual([0x123400, 0x123401, 0x123402]);
});

test("gives the daemon's errno and text, and stays usable", async () => {
  const { daemon, g } = connect();
  daemon.onUnit = (_unit, index) => {
    daemon.say(index === 0 ? errorReply("mkdir", 0, "ENOENT", "/a/b: No such file or directory") : reply("mkdir", 1));
  };

  const error: unknown = await g.mkdir({ path: "/a/b" }).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(GuestfsError);
  expect(error).toMatchObject({
    action: "mkdir",
    errno: "ENOENT",
    message: "mkdir: /a/b: No such file or directory",
  });
  await expect(g.mkdir({ path: "/a" })).resolves.toBeUndefined();
});

describe("reply headers", () => {
  const cases: readonly (readonly [Partial<MessageHeader>, ProtocolErrorCode])[] = [
    [{ prog: 1 }, "WRONG_PROGRAM"],
    [{ vers: 3 }, "WRONG_VERSION"],
    [{ direction: 0 }, "WRONG_DIRECTION"],
    [{ proc: 1 }, "WRONG_PROCEDURE"],
    [{ serial: 7 }, "WRONG_SERIAL"],
    [{ status: 2 }, "WRONG_STATUS"],
  ];

  test.each(cases)("%j is %s, and the connection ends", async (header, code) => {
    const { daemon, client, g } = connect();
    daemon.onUnit = () => daemon.say(reply("ping_daemon", 0, new Uint8Array(), header));

    await expect(g.ping_daemon()).rejects.toMatchObject({ name: "ProtocolError", code });
    await expect(g.ping_daemon()).rejects.toMatchObject({ name: "LaunchError", code: "closed" });
    expect(client.broken).toBeInstanceOf(ProtocolError);
  });
});

test("a result that does not decode is a protocol error", async () => {
  const { daemon, g } = connect();
  daemon.onUnit = () => daemon.say(reply("is_dir", 0, Uint8Array.of(0, 0, 0, 7)));

  await expect(g.is_dir({ path: "/" })).rejects.toMatchObject({ name: "ProtocolError", code: "BAD_BODY" });
});

test("skips stray cancel flags and reports progress before the reply", async () => {
  const seen: unknown[] = [];
  const { daemon, g } = connect({ onProgress: (event) => seen.push(event) });
  daemon.onUnit = () => {
    daemon.say(
      cancelFlag,
      progressUnit({ proc: 92, serial: 0x123400, position: 1n, total: 3n }),
      reply("ping_daemon", 0),
    );
  };

  await g.ping_daemon();

  expect(seen).toEqual([{ action: "ping_daemon", position: 1n, total: 3n }]);
});

test("a launch flag in the middle is a protocol error", async () => {
  const { daemon, g } = connect();
  daemon.onUnit = () => daemon.say(launchFlag);

  await expect(g.ping_daemon()).rejects.toMatchObject({ code: "UNEXPECTED_FLAG" });
});

test("the end of the stream in a call is the error that endError makes", async () => {
  const ended = new LaunchError("appliance-ended", "gone", { console: ["Kernel panic"] });
  const { daemon, g } = connect({ endError: () => ended });
  daemon.onUnit = () => daemon.end();

  await expect(g.ping_daemon()).rejects.toBe(ended);
  await expect(g.ping_daemon()).rejects.toMatchObject({ code: "closed" });
});

test("an abort of a plain call ends the connection with the caller's reason", async () => {
  const { daemon, client, g } = connect();
  const stop = new AbortController();
  const reason = new Error("enough");
  daemon.onUnit = () => stop.abort(reason);

  await expect(g.ping_daemon({}, { signal: stop.signal })).rejects.toBe(reason);
  expect(client.broken).toMatchObject({ code: "closed" });
});

test("close() ends a call in flight", async () => {
  const { daemon, client, g } = connect();
  daemon.onUnit = () => client.close();

  await expect(g.ping_daemon()).rejects.toMatchObject({ code: "closed" });
});

test("arguments that do not fit are refused before anything is sent", async () => {
  const { daemon, g } = connect();

  await expect(g.internal_write({ path: "/x", content: new Uint8Array(4 * 1024 * 1024) })).rejects.toMatchObject({
    errno: "E2BIG",
  });
  expect(daemon.units).toEqual([]);
});

test("traces calls with keys and bytes left out", async () => {
  const seen: unknown[] = [];
  const { daemon, g } = connect({ onTrace: (event) => seen.push(event), now: () => 5 });
  daemon.onUnit = (_unit, index) =>
    daemon.say(index === 0 ? reply("internal_write", 0) : errorReply("mkdir", 1, "", "no"));

  await g.internal_write({ path: "/x", content: Buffer.from("secret") });
  await g.mkdir({ path: "/y" }).catch(() => undefined);

  expect(seen).toEqual([
    { action: "internal_write", args: { path: "/x", content: "(6 bytes)" }, durationMs: 0 },
    { action: "mkdir", args: { path: "/y" }, durationMs: 0, error: "mkdir: no" },
  ]);
});
