/** readdir against daemons of two ages. */
import { expect, test } from "vitest";

import { createGuestfs } from "../../../engine/index.ts";
import { errorReply, reply, ScriptedTransport } from "../scripted-transport.ts";

/** count:u32 | ino:u64 ftyp:u32 name */
const oneEntry = Buffer.from(["00000001", "0000000000000007", "00000064", "00000001", "2e000000"].join(""), "hex");

test("readdir asks a daemon that does not know its stream with the older call", async () => {
  const daemon = new ScriptedTransport();
  const { g } = createGuestfs(daemon);
  daemon.onUnit = (_unit, index) => {
    daemon.say(index === 0 ? errorReply("internal_readdir", 0, "", "unknown") : reply("readdir", 1, oneEntry));
  };

  expect(await g.readdir({ dir: "/" })).toEqual([{ ino: 7n, ftyp: 0x64, name: "." }]);
});

test("readdir takes a refusal with an errno for an answer", async () => {
  const daemon = new ScriptedTransport();
  const { g } = createGuestfs(daemon);
  daemon.onUnit = () => daemon.say(errorReply("internal_readdir", 0, "ENOENT", "/none: no"));

  await expect(g.readdir({ dir: "/none" })).rejects.toMatchObject({ action: "readdir", errno: "ENOENT" });
  expect(daemon.units.length).toBe(1);
});
