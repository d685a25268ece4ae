/** The bundle as the appliance runs it: a process of its own, its channel a socket, no node_modules near it. Needs root. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import {
  decodeChunk,
  flagWord,
  FrameDecoder,
  GUESTFS_CANCEL_FLAG,
  splitMessage,
  type Unit,
} from "../../schemas/index.ts";
import { buildDaemon } from "../../scripts/build-daemon.ts";
import { callBytes } from "./test-client.ts";

let folder: string;
let root: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gild-main-"));
  root = join(folder, "guest");
  mkdirSync(root);
  await buildDaemon(join(folder, "bundle"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The daemon's process and the units it sends. */
class RunningDaemon {
  readonly process: ChildProcess;
  readonly socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(process: ChildProcess, socket: Socket) {
    this.process = process;
    this.socket = socket;
    this.#pieces = socket[Symbol.asyncIterator]();
  }

  async next(): Promise<Unit> {
    for (;;) {
      const unit = this.#decoder.next();
      if (unit !== undefined) return unit;
      const { value, done } = await this.#pieces.next();
      if (done === true) throw new Error("the daemon closed the channel");
      this.#decoder.push(value);
    }
  }

  async status(): Promise<unknown> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const [code] = await once(this.process, "exit");
    return code;
  }
}

async function start(): Promise<RunningDaemon> {
  const path = join(folder, "socket");
  rmSync(path, { force: true });
  const args = [join(folder, "bundle/guestfsd.cjs"), "--listen", path, "-r", "--sysroot", root];
  const daemon = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
  return new RunningDaemon(daemon, await connectTo(path));
}

/** Connects as soon as somebody listens: the path is there a moment before. */
async function connectTo(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (connected) return socket;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("the bundle", () => {
  let daemon: RunningDaemon;
  let greeting: Unit;

  beforeEach(async () => {
    daemon = await start();
    greeting = await daemon.next();
  });
  afterEach(async () => {
    daemon.socket.destroy();
    await daemon.status();
  });

  it("is two files and needs no others", () => {
    expect(readdirSync(join(folder, "bundle")).toSorted()).toEqual(["guestfsd.cjs", "koffi.node"]);
  });

  it("says first that it is there", () => {
    expect(greeting).toEqual({ type: "launch" });
  });

  it("answers, and ends with status 0 when the library goes", async () => {
    daemon.socket.write(callBytes("ping_daemon"));

    expect(statusOf(await daemon.next())).toBe(0);
    daemon.socket.end();
    expect(await daemon.status()).toBe(0);
  });

  it("takes a file in many pieces and gives it back whole", async () => {
    const content = Buffer.alloc(5_000_000, "0123456789abcdef");
    const bytes = callBytes("upload", { remotefilename: "/big" }, content);
    for (let start = 0; start < bytes.length; start += 77_777)
      daemon.socket.write(bytes.subarray(start, start + 77_777));

    expect(statusOf(await daemon.next())).toBe(0);
    expect(readFileSync(join(root, "big")).equals(content)).toBe(true);

    daemon.socket.write(callBytes("download", { remotefilename: "/big" }));
    expect(statusOf(await daemon.next())).toBe(0);
    expect(await download(daemon)).toEqual({ size: content.length, cancelled: false });
  });

  it("stops a download when the library cancels it", async () => {
    writeFileSync(join(root, "huge"), "");
    truncateSync(join(root, "huge"), 2 ** 40);
    daemon.socket.write(callBytes("download", { remotefilename: "/huge" }));
    expect(statusOf(await daemon.next())).toBe(0);

    daemon.socket.write(flagWord(GUESTFS_CANCEL_FLAG));
    const { size, cancelled } = await download(daemon);

    expect(cancelled).toBe(true);
    expect(size).toBeLessThan(2 ** 30);
    daemon.socket.write(callBytes("ping_daemon"));
    expect(statusOf(await daemon.next())).toBe(0);
  });

  it("asks the library to stop an upload as soon as it fails", async () => {
    const whole = callBytes("upload", { remotefilename: "/missing/x" }, Buffer.alloc(100_000));
    daemon.socket.write(whole.subarray(0, 60_000));

    expect((await daemon.next()).type).toBe("cancel");
    daemon.socket.write(whole.subarray(60_000));
    expect(statusOf(await daemon.next())).toBe(1);
  });

  it("ends with status 1 and says why when the bytes make no sense", async () => {
    const said: Buffer[] = [];
    daemon.process.stderr?.on("data", (bytes: Buffer) => said.push(bytes));
    daemon.socket.write(Buffer.from("0fffffff", "hex"));

    expect(await daemon.status()).toBe(1);
    expect(Buffer.concat(said).toString()).toContain("ProtocolError");
  });
});

const statusOf = (unit: Unit): number => (unit.type === "data" ? splitMessage(unit.bytes).header.status : -1);

async function download(daemon: RunningDaemon): Promise<{ readonly size: number; readonly cancelled: boolean }> {
  let size = 0;
  for (;;) {
    const unit = await daemon.next();
    if (unit.type !== "data") throw new Error(`${unit.type} among chunks`);
    const { cancel, data } = decodeChunk(unit.bytes);
    if (cancel || data.length === 0) return { size, cancelled: cancel };
    size += data.length;
  }
}
