/** The protocol side of the daemon, with handlers of the test's own: no guest is touched. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";

import { ActionError, createDaemon, type MemoryDaemon } from "../../guestfsd/index.ts";
import {
  callHeader,
  decodeChunk,
  encodeHeader,
  flagWord,
  frame,
  GUESTFS_CANCEL_FLAG,
  GUESTFS_LAUNCH_FLAG,
  GUESTFS_MESSAGE_MAX,
  ProtocolError,
  type MessageHeader,
  type Unit,
} from "../../schemas/index.ts";
import { actionNamed, answerOf, call, callBytes, chunkFrame, textOf, unitsOf } from "./test-client.ts";

type Handlers = NonNullable<Parameters<typeof createDaemon>[0]["handlers"]>;

const folder = mkdtempSync(join(tmpdir(), "gild-serve-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const received: string[] = [];

const HANDLERS: Handlers = {
  ping_daemon: () => undefined,
  mkdir: () => undefined,
  upload(_args, context) {
    received.push(Buffer.concat([...context.chunks()]).toString());
  },
  download: ({ remotefilename }) => [Buffer.from(String(remotefilename))],
};

function start(more: Handlers = {}): MemoryDaemon {
  return createDaemon({ sysroot: folder, handlers: { ...HANDLERS, ...more } });
}

const types = (bytes: Uint8Array): string[] => unitsOf(bytes).map((unit) => unit.type);

describe("calls", () => {
  it("are announced by the launch flag", () => {
    expect([...start().greeting]).toEqual([...flagWord(GUESTFS_LAUNCH_FLAG)]);
  });

  it("are answered with their procedure and serial", () => {
    const daemon = start();

    const { header, error } = call((bytes) => daemon.handle(bytes), "ping_daemon");

    expect(error).toBeUndefined();
    expect(header).toMatchObject({ proc: 92, serial: 0x00123400, direction: 1, status: 0, optargs_bitmask: 0n });
  });

  it("may arrive in any two pieces", () => {
    const stream = Buffer.concat([
      callBytes("upload", { remotefilename: "/x" }, "some text"),
      callBytes("ping_daemon"),
    ]);
    const whole = start().handle(stream);

    for (let cut = 0; cut <= stream.length; cut++) {
      const daemon = start();
      const first = daemon.handle(stream.subarray(0, cut));
      const second = daemon.handle(stream.subarray(cut));
      expect(Buffer.concat([first, second])).toEqual(Buffer.from(whole));
    }
  });

  it("of a captured session never end or stall the daemon, whatever handlers do", () => {
    const lines = gunzipSync(readFileSync(new URL("../fixtures/captures/session1.jsonl.gz", import.meta.url)))
      .toString()
      .trim()
      .split("\n");
    const sent = lines
      .map((line): { dir: string; hex: string } => JSON.parse(line))
      .filter(({ dir }) => dir === "C>D")
      .map(({ hex }) => Buffer.from(hex, "hex"));
    const daemon = createDaemon({ sysroot: folder, handlers: {} });

    let replies = 0;
    for (const bytes of sent) replies += unitsOf(daemon.handle(bytes)).filter(isReply).length;

    expect(replies).toBe(countCalls(sent));
  });

  it.each([
    ["program", { prog: 0x2000f5f6 }, "wrong program"],
    ["version", { vers: 3 }, "wrong protocol version"],
    ["direction", { direction: 1 }, "unexpected direction"],
    ["status", { status: 1 }, "unexpected status"],
  ])("with a wrong %s get an error, and the daemon goes on", (_what, wrong, message) => {
    const daemon = start();

    const answer = answerOf(actionNamed("ping_daemon"), daemon.handle(headerOnly({ proc: 92, ...wrong })));

    expect(answer.error?.message).toContain(message);
    expect(call((bytes) => daemon.handle(bytes), "ping_daemon").error).toBeUndefined();
  });

  it("of an unknown procedure get an error that says so", () => {
    const answer = answerOf(actionNamed("ping_daemon"), start().handle(headerOnly({ proc: 9999 })));

    expect(answer.error).toMatchObject({ errno: "" });
    expect(answer.error?.message).toContain("unknown procedure number 9999");
  });

  it("of an upload procedure that we lack have their file drained", () => {
    const daemon = start();
    const base64In = headerOnly({ proc: 242 });
    const chunks = [chunkFrame({ cancel: false, data: Buffer.from("x") }), chunkFrame({ cancel: true, data: empty() })];

    const answer = daemon.handle(Buffer.concat([base64In, ...chunks]));

    expect(types(answer)).toEqual(["cancel", "data"]);
    expect(call((bytes) => daemon.handle(bytes), "ping_daemon").error).toBeUndefined();
  });

  it("ignore a stray cancellation before them", () => {
    const answer = start().handle(Buffer.concat([flagWord(GUESTFS_CANCEL_FLAG), callBytes("ping_daemon")]));

    expect(types(answer)).toEqual(["data"]);
  });

  it.each([
    ["a length over 4 MiB", flagWord(GUESTFS_MESSAGE_MAX + 4)],
    ["a length that is no multiple of 4", flagWord(41)],
    ["a message shorter than a header", frame(new Uint8Array(36))],
    ["a launch flag", flagWord(GUESTFS_LAUNCH_FLAG)],
  ])("cannot follow %s: the daemon ends", (_what, bytes) => {
    expect(() => start().handle(bytes)).toThrow(ProtocolError);
  });
});

describe("arguments", () => {
  it.each([
    ["no arguments at all", headerOnly({ proc: 32 }), "EINVAL", "failed to decode"],
    ["unknown optional arguments", headerOnly({ proc: 92, optargs_bitmask: 1n }), "EINVAL", "unknown option"],
    ["a relative path", callBytes("mkdir", { path: "relative" }), "EINVAL", "path must start with a / character"],
    ["an empty path", callBytes("mkdir", { path: "" }), "EINVAL", "path must start with a / character"],
    ["a path with a NUL byte", callBytes("mkdir", { path: "/a\0b" }), "EINVAL", "NUL"],
  ])("are refused: %s", (_what, bytes, errno, message) => {
    const { error } = answerOf(actionNamed("ping_daemon"), start().handle(bytes));

    expect(error?.errno).toBe(errno);
    expect(error?.message).toContain(message);
  });

  it("that name a path need a mounted guest", () => {
    const daemon = createDaemon({ sysroot: folder, standalone: false, handlers: HANDLERS });

    const { error } = call((bytes) => daemon.handle(bytes), "mkdir", { path: "/x" });

    expect(error).toEqual({ errno: "", message: "you must call 'mount' first to mount the root filesystem" });
  });
});

describe("errors", () => {
  it.each([
    ["an ActionError", new ActionError("/x: No such file or directory", "ENOENT"), "ENOENT"],
    ["a failed system call", systemError("/nope"), "ENOENT"],
    ["a bug", new TypeError("undefined is not a function"), ""],
  ])("tell %s", (_what, thrown, errno) => {
    const daemon = start({
      mkdir() {
        throw thrown;
      },
    });

    const { error } = call((bytes) => daemon.handle(bytes), "mkdir", { path: "/x" });

    expect(error?.errno).toBe(errno);
    expect(error?.message).not.toBe("");
  });

  it("tell a result that does not fit in a message", () => {
    const daemon = start({ readlink: () => "x".repeat(GUESTFS_MESSAGE_MAX) });

    const { error } = call((bytes) => daemon.handle(bytes), "readlink", { path: "/x" });

    expect(error?.message).toContain("failed to encode reply body");
  });

  it("are cut to what a message holds", () => {
    const daemon = start({
      mkdir() {
        throw new ActionError("x".repeat(100_000));
      },
    });

    expect(call((bytes) => daemon.handle(bytes), "mkdir", { path: "/x" }).error?.message).toHaveLength(65_536);
  });
});

describe("uploads", () => {
  const refusing: Handlers = {
    upload() {
      throw new ActionError("no", "EPERM");
    },
  };

  it("reach the handler whole", () => {
    const text = "0123456789".repeat(5000);
    const daemon = start();

    expect(call((bytes) => daemon.handle(bytes), "upload", { remotefilename: "/x" }, text).error).toBeUndefined();
    expect(received.at(-1)).toBe(text);
  });

  it("that the library cancels get an error reply", () => {
    const daemon = start();
    const chunks = [chunkFrame({ cancel: false, data: Buffer.from("x") }), chunkFrame({ cancel: true, data: empty() })];

    const answer = daemon.handle(Buffer.concat([uploadCall(), ...chunks]));

    expect(answerOf(actionNamed("upload"), answer).error).toEqual({ errno: "", message: "file upload cancelled" });
    expect(types(answer)).toEqual(["data"]);
  });

  it("that the library cancels fail even when the handler does not mind", () => {
    const daemon = start({ upload: () => undefined });

    const answer = daemon.handle(Buffer.concat([uploadCall(), chunkFrame({ cancel: true, data: empty() })]));

    expect(answerOf(actionNamed("upload"), answer).error?.message).toBe("file upload cancelled");
  });

  it("that the handler refuses are cancelled, drained, and then answered", () => {
    const daemon = start(refusing);

    const { units, error } = call(
      (bytes) => daemon.handle(bytes),
      "upload",
      { remotefilename: "/x" },
      "x".repeat(50_000),
    );

    expect(units.map(({ type }) => type)).toEqual(["cancel", "data"]);
    expect(error).toEqual({ errno: "EPERM", message: "no" });
    expect(call((bytes) => daemon.handle(bytes), "ping_daemon").error).toBeUndefined();
  });

  it("with refused arguments are cancelled and drained too", () => {
    const daemon = start();

    const { units, error } = call((bytes) => daemon.handle(bytes), "upload", { remotefilename: "relative" }, "text");

    expect(units.map(({ type }) => type)).toEqual(["cancel", "data"]);
    expect(error?.errno).toBe("EINVAL");
  });

  it("that the handler leaves in the middle without an error are drained quietly", () => {
    const daemon = start({ upload: () => undefined });

    const { units, error } = call(
      (bytes) => daemon.handle(bytes),
      "upload",
      { remotefilename: "/x" },
      "x".repeat(50_000),
    );

    expect(units.map(({ type }) => type)).toEqual(["data"]);
    expect(error).toBeUndefined();
  });

  it.each([
    ["an unknown cancel word", frame(Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0))],
    ["a length that lies", frame(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4))],
    ["no chunk at all", frame(new Uint8Array())],
  ])("with %s for a chunk end the daemon", (_what, chunk) => {
    expect(() => start().handle(Buffer.concat([uploadCall(), chunk]))).toThrow(ProtocolError);
  });
});

describe("downloads", () => {
  it("come after their reply, in chunks of 8 KiB, with an empty one at the end", () => {
    const daemon = start({ download: () => [Buffer.alloc(20_000, "x"), Buffer.alloc(0), Buffer.from("y")] });

    const answer = call((bytes) => daemon.handle(bytes), "download", { remotefilename: "/x" });

    expect(textOf(answer)).toBe(`${"x".repeat(20_000)}y`);
    expect(answer.units.slice(1).map((unit) => chunkSize(unit))).toEqual([8192, 8192, 3616, 1, 0]);
  });

  it("that fail before their first byte are an error reply without chunks", () => {
    const daemon = start({
      download: () => failing(),
    });

    const { error, units } = call((bytes) => daemon.handle(bytes), "download", { remotefilename: "/x" });

    expect(error?.errno).toBe("EIO");
    expect(units).toHaveLength(1);
  });

  it("that fail later are cancelled", () => {
    const daemon = start({
      *download() {
        yield Buffer.from("x");
        yield* failing();
      },
    });

    const { error, file, units } = call((bytes) => daemon.handle(bytes), "download", { remotefilename: "/x" });

    expect(error).toBeUndefined();
    expect(file).toBeUndefined();
    expect(units).toHaveLength(3);
  });

  it("that the library cancels stop, and their source is closed", () => {
    let closed = false;
    const daemon = start({
      *download() {
        try {
          for (;;) yield Buffer.from("x");
        } finally {
          closed = true;
        }
      },
    });

    const answer = daemon.handle(
      Buffer.concat([callBytes("download", { remotefilename: "/x" }), flagWord(GUESTFS_CANCEL_FLAG)]),
    );

    expect(answerOf(actionNamed("download"), answer).file).toBeUndefined();
    expect(closed).toBe(true);
    expect(call((bytes) => daemon.handle(bytes), "ping_daemon").error).toBeUndefined();
  });
});

const empty = (): Uint8Array => new Uint8Array();

function headerOnly(fields: Partial<MessageHeader> & { readonly proc: number }): Uint8Array {
  return frame(encodeHeader({ ...callHeader({ proc: fields.proc, serial: 1 }), ...fields }));
}

/** The call of an upload without its chunks. */
function uploadCall(): Uint8Array {
  const whole = callBytes("upload", { remotefilename: "/x" }, "");
  return whole.subarray(0, whole.length - chunkFrame({ cancel: false, data: empty() }).length);
}

function chunkSize(unit: Unit): number {
  return unit.type === "data" ? decodeChunk(unit.bytes).data.length : -1;
}

function failing(): Iterable<Uint8Array> {
  throw new ActionError("broken", "EIO");
}

function systemError(path: string): unknown {
  try {
    return readFileSync(path);
  } catch (error) {
    return error;
  }
}

const isReply = (unit: Unit): boolean =>
  unit.type === "data" && unit.bytes.length >= 40 && unit.bytes[0] === 0x20 && unit.bytes[1] === 0;

function countCalls(sent: readonly Uint8Array[]): number {
  return unitsOf(Buffer.concat(sent)).filter(isReply).length;
}
