/** FileIn and FileOut against a scripted daemon: chunks, and cancellation both ways (facts/protocol.md §6). */
import { execFileSync } from "node:child_process";
import { constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { createGuestfs } from "../../engine/index.ts";
import {
  decodeChunk,
  flagWord,
  GUESTFS_CANCEL_FLAG,
  splitMessage,
  type Chunk,
  type Unit,
} from "../../schemas/index.ts";
import { chunk, errorReply, reply, ScriptedTransport } from "./scripted-transport.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const cancelFlag = flagWord(GUESTFS_CANCEL_FLAG);

function connect(cancelTimeoutMs = 5000) {
  const daemon = new ScriptedTransport();
  const client = createGuestfs(daemon, { cancelTimeoutMs });
  return { daemon, client, g: client.g };
}

function asChunk(unit: Unit | undefined): Chunk | undefined {
  return unit?.type === "data" ? decodeChunk(unit.bytes) : undefined;
}

function isEnd(unit: Unit): boolean {
  return unit.type === "data" && unit.bytes.length === 8;
}

/** Endless source. */
async function* forever(): AsyncGenerator<Uint8Array> {
  for (;;) yield await Promise.resolve(new Uint8Array(8192));
}

describe("upload", () => {
  test("sends chunks of at most 8192 bytes and a size hint", async () => {
    const { daemon, g } = connect();
    const bytes = Buffer.alloc(20_000, "x");
    daemon.onUnit = (unit) => {
      if (isEnd(unit)) daemon.say(reply("upload", 0));
    };

    await g.upload({ filename: bytes, remotefilename: "/x" });

    const [call, ...chunks] = daemon.units;
    expect(call?.type === "data" && splitMessage(call.bytes).header.progress_hint).toBe(20_000n);
    expect(chunks.map((unit) => asChunk(unit)?.data.length)).toEqual([8192, 8192, 3616, 0]);
  });

  test("sends a host file and refuses a missing one without a word to the daemon", async () => {
    const { daemon, g } = connect();
    const file = join(folder, "source");
    writeFileSync(file, "hello");
    daemon.onUnit = (unit) => {
      if (isEnd(unit)) daemon.say(reply("upload", 0));
    };

    await g.upload({ filename: file, remotefilename: "/x" });
    const sent = daemon.units.length;
    await expect(g.upload({ filename: join(folder, "none"), remotefilename: "/x" })).rejects.toMatchObject({
      name: "GuestfsError",
      errno: "ENOENT",
    });

    expect(Buffer.from(asChunk(daemon.units[1])?.data ?? []).toString()).toBe("hello");
    expect(daemon.units.length).toBe(sent);
  });

  test("stops when the daemon cancels, acknowledges once, and gives the daemon's error", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (unit, index) => {
      if (index === 3) daemon.say(cancelFlag);
      if (asCancel(unit)) daemon.say(errorReply("upload", 0, "ENOSPC", "/x: No space left on device"));
    };

    await expect(g.upload({ filename: forever(), remotefilename: "/x" })).rejects.toMatchObject({ errno: "ENOSPC" });
    expect(daemon.units.filter(asCancel).length).toBe(1);
  });

  test("accepts the daemon's cancel flag that crosses the last chunk", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (unit) => {
      if (isEnd(unit)) daemon.say(cancelFlag, errorReply("upload", 0, "EROFS", "no"));
    };

    await expect(g.upload({ filename: Buffer.from("x"), remotefilename: "/x" })).rejects.toMatchObject({
      errno: "EROFS",
    });
  });

  test("success after a cancellation is a protocol error", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (unit, index) => {
      if (index === 2) daemon.say(cancelFlag);
      if (asCancel(unit)) daemon.say(reply("upload", 0));
    };

    await expect(g.upload({ filename: forever(), remotefilename: "/x" })).rejects.toMatchObject({
      code: "WRONG_STATUS",
    });
  });

  test("a reply before the end of the file is a protocol error", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (_unit, index) => {
      if (index === 2) daemon.say(reply("upload", 0));
    };

    await expect(g.upload({ filename: forever(), remotefilename: "/x" })).rejects.toMatchObject({
      name: "ProtocolError",
    });
  });

  test("a daemon that is gone in the middle ends the upload, however long the file", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (_unit, index) => {
      if (index === 3) daemon.end();
    };

    await expect(g.upload({ filename: forever(), remotefilename: "/x" })).rejects.toMatchObject({
      code: "appliance-ended",
    });
  });

  test("a source that fails cancels, and the connection stays usable", async () => {
    const { daemon, g } = connect();
    const broken = new Error("source broke");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from("x"));
      throw broken;
    }
    daemon.onUnit = (unit, index) => {
      if (asCancel(unit)) daemon.say(errorReply("upload", 0, "", "file upload cancelled"));
      else if (index > 2) daemon.say(reply("ping_daemon", 1));
    };

    await expect(g.upload({ filename: failing(), remotefilename: "/x" })).rejects.toBe(broken);
    await expect(g.ping_daemon()).resolves.toBeUndefined();
  });

  test("an abort cancels even when the source gives nothing", async () => {
    const { daemon, g } = connect();
    const stop = new AbortController();
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield await new Promise<Uint8Array>(() => undefined);
    }
    daemon.onUnit = (unit) => {
      if (asCancel(unit)) daemon.say(errorReply("upload", 0, "", "file upload cancelled"));
      else stop.abort(new Error("enough"));
    };

    await expect(g.upload({ filename: silent(), remotefilename: "/x" }, { signal: stop.signal })).rejects.toThrow(
      "enough",
    );
  });

  test("sends what comes through a FIFO, and an abort ends the wait for its writer and for its bytes", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    const { daemon, g } = connect();
    daemon.onUnit = (unit) => {
      if (isEnd(unit)) daemon.say(reply("upload", 0));
    };

    const whole = g.upload({ filename: fifo, remotefilename: "/x" });
    await writeFile(fifo, "hello");
    await whole;
    expect(Buffer.from(asChunk(daemon.units[1])?.data ?? []).toString()).toBe("hello");

    for (const written of [false, true]) {
      const writer = written ? await open(fifo, constants.O_RDWR) : undefined;
      const stopped = connect();
      stopped.daemon.onUnit = (unit, index) => {
        if (index === 0) abort.abort(new Error("enough"));
        if (asChunk(unit)?.cancel === true) stopped.daemon.say(errorReply("upload", 0, "EINTR", "cancelled"));
      };
      const abort = new AbortController();
      const upload = stopped.g.upload({ filename: fifo, remotefilename: "/x" }, { signal: abort.signal });

      await expect(upload).rejects.toThrow("enough");
      await writer?.close();
    }
  });

  test("a daemon that does not acknowledge a cancellation is given up", async () => {
    const { daemon, client, g } = connect(20);
    const stop = new AbortController();
    daemon.onUnit = (_unit, index) => {
      if (index === 2) stop.abort(new Error("enough"));
    };

    await expect(g.upload({ filename: forever(), remotefilename: "/x" }, { signal: stop.signal })).rejects.toThrow(
      "enough",
    );
    expect(client.broken).toMatchObject({ code: "closed" });
  });
});

describe("download", () => {
  test("writes a host file", async () => {
    const { daemon, g } = connect();
    const file = join(folder, "target");
    daemon.onUnit = () => daemon.say(reply("download", 0), chunk("hel"), cancelFlag, chunk("lo"), chunk(""));

    await g.download({ remotefilename: "/x", filename: file });

    expect(readFileSync(file, "utf8")).toBe("hello");
  });

  test("an error reply leaves the host file as it was", async () => {
    const { daemon, g } = connect();
    const file = join(folder, "kept");
    writeFileSync(file, "old");
    daemon.onUnit = () => daemon.say(errorReply("download", 0, "ENOENT", "/x: No such file or directory"));

    await expect(g.download({ remotefilename: "/x", filename: file })).rejects.toMatchObject({ errno: "ENOENT" });
    expect(readFileSync(file, "utf8")).toBe("old");
  });

  test("a cancel chunk is an error, and the connection stays usable", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (_unit, index) => {
      if (index === 0) daemon.say(reply("download", 0), chunk("a"), chunk("", true));
      else daemon.say(reply("ping_daemon", 1));
    };

    await expect(g.download({ remotefilename: "/x", filename: () => undefined })).rejects.toMatchObject({
      name: "GuestfsError",
      reason: "file receive cancelled by daemon",
    });
    await expect(g.ping_daemon()).resolves.toBeUndefined();
  });

  test("a sink that fails sends one cancel flag, drops the rest, and the connection stays usable", async () => {
    const { daemon, g } = connect();
    const broken = new Error("disk full");
    daemon.onUnit = (unit, index) => {
      if (index === 0) daemon.say(reply("download", 0), chunk("a"), chunk("b"));
      else if (unit.type === "cancel") daemon.say(chunk("c"), chunk("", true));
      else daemon.say(reply("ping_daemon", 1));
    };

    const call = g.download({
      remotefilename: "/x",
      filename: () => {
        throw broken;
      },
    });
    await expect(call).rejects.toBe(broken);
    await g.ping_daemon();

    expect(daemon.units.filter((unit) => unit.type === "cancel").length).toBe(1);
  });

  test("a host path that cannot be written cancels", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = (unit) => {
      daemon.say(...(unit.type === "cancel" ? [chunk("", true)] : [reply("download", 0), chunk("a")]));
    };

    await expect(g.download({ remotefilename: "/x", filename: join(folder, "no", "such") })).rejects.toMatchObject({
      errno: "ENOENT",
    });
  });

  test("an abort between chunks cancels; a flag that comes too late does no harm", async () => {
    const { daemon, g } = connect();
    const stop = new AbortController();
    daemon.onUnit = (unit, index) => {
      if (index === 0) daemon.say(reply("download", 0), chunk("a"));
      else if (unit.type === "cancel") daemon.say(chunk("b"), chunk(""));
    };

    const call = g.download(
      { remotefilename: "/x", filename: () => stop.abort(new Error("enough")) },
      { signal: stop.signal },
    );

    await expect(call).rejects.toThrow("enough");
  });

  test("an empty file has one end chunk", async () => {
    const { daemon, g } = connect();
    daemon.onUnit = () => daemon.say(reply("download", 0), chunk(""));

    await expect(g.read_file({ path: "/x" })).resolves.toEqual(Buffer.alloc(0));
  });
});

function asCancel(unit: Unit): boolean {
  return isEnd(unit) && asChunk(unit)?.cancel === true;
}
