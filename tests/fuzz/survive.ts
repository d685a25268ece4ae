/**
 * Gives bytes to the decoder of either side, as the real daemon and the real client do it, and says how that ended. What must
 * not happen is thrown: an exception that is no answer to wrong bytes, or an answer that is itself wrong.
 */
import { ByteQueue } from "../../engine/byte-queue.ts";
import { makeCall } from "../../engine/call.ts";
import { Connection } from "../../engine/connection.ts";
import { GuestfsError, LaunchError } from "../../engine/errors.ts";
import type { Transport } from "../../engine/index.ts";
import { ChannelClosedError } from "../../guestfsd/channel.ts";
import type { Context } from "../../guestfsd/context.ts";
import { createProcedures, type Handler } from "../../guestfsd/dispatch.ts";
import { ActionError } from "../../guestfsd/errors.ts";
import { MemoryChannel } from "../../guestfsd/memory-channel.ts";
import { serveCall, type Server } from "../../guestfsd/serve.ts";
import {
  actions,
  decodeChunk,
  decodeError,
  decodeResult,
  FIRST_SERIAL,
  flagWord,
  FrameDecoder,
  gildActions,
  GUESTFS_CANCEL_FLAG,
  ProtocolError,
  splitMessage,
  streamArg,
  type AnyAction,
  type Field,
} from "../../schemas/index.ts";
import { sampleValue, type Sample } from "./messages.ts";

/** `refused`: an ERROR reply or a GuestfsError; `broken`: ProtocolError; `ended`: the bytes ended before the call did. */
export type Ending = "result" | "refused" | "broken" | "ended";

/** A daemon whose handlers take their arguments and files and give a plausible result: all of it is real but what it does. */
export function createDecodingDaemon(): (bytes: Uint8Array) => Ending {
  const table: Readonly<Record<string, AnyAction>> = { ...actions, ...gildActions };
  const handlers = Object.fromEntries(Object.entries(table).map(([name, action]) => [name, handlerOf(action)]));
  const server: Omit<Server, "channel"> = {
    procedures: createProcedures(handlers),
    sysroot: { path: "/sysroot", standalone: false, inside: (body) => body(), requireMounted: () => undefined },
    command: {
      run: unexpected,
      check: unexpected,
      stream: unexpected,
      guest: unexpected,
      guestStream: unexpected,
    },
    devices: () => ({
      toReal: (name) => name,
      toApi: (name) => name,
      isDevice: (name) => name.startsWith("/dev/sd"),
      labels: () => [],
      list: () => ["/dev/sda"],
    }),
    tree: { read: unexpected },
    openBulkDisk: unexpected,
    kept: new Map(),
    log: () => undefined,
    nowMs: () => 0,
  };

  return (bytes) => {
    const channel = new MemoryChannel();
    let ending: Ending = "ended";
    try {
      takeAll(channel, bytes);
      while (channel.units.length > 0) {
        serveCall({ ...server, channel });
        ending = judgeAnswer(channel.takeOutput(), table);
      }
      return ending;
    } catch (error) {
      if (error instanceof ChannelClosedError) return "ended";
      if (error instanceof ProtocolError) return "broken";
      throw error;
    }
  };
}

function takeAll(channel: MemoryChannel, bytes: Uint8Array): void {
  try {
    channel.push(bytes);
  } catch (error) {
    // Units before the wrong one are served, as they would be by a daemon that reads one by one.
    if (!(error instanceof ProtocolError) || channel.units.length === 0) throw error;
  }
}

function handlerOf(action: AnyAction): Handler {
  const direction = streamArg(action)?.direction;
  return (_args, context: Context) => {
    if (direction === "in") for (const piece of context.chunks()) void piece.length;
    if (direction === "out") return [new TextEncoder().encode("a file")];
    return action.ret.kind === "none" ? undefined : sampleValue(resultField(action));
  };
}

/** Only "none" is no field. */
const resultField = (action: AnyAction): Field<unknown> => action.ret as Field<unknown>;

function unexpected(): never {
  throw new ActionError("not in this test");
}

/** Takes the daemon's answer apart as a client does. @throws ProtocolError when it is not one; that is a bug */
function judgeAnswer(answer: Uint8Array, table: Readonly<Record<string, AnyAction>>): Ending {
  const decoder = new FrameDecoder();
  decoder.push(answer);
  let ending: Ending | undefined;
  try {
    for (let unit = decoder.next(); unit !== undefined; unit = decoder.next()) {
      if (unit.type !== "data") continue;
      if (ending !== undefined) {
        decodeChunk(unit.bytes);
        continue;
      }
      const { header, body } = splitMessage(unit.bytes);
      const action = Object.values(table).find(({ proc }) => proc === header.proc);
      if (header.status === 1) decodeError(body);
      else if (action !== undefined) decodeResult(action, body);
      ending = header.status === 1 ? "refused" : "result";
    }
  } catch (error) {
    throw new Error("the daemon's answer is wrong", { cause: error });
  }
  if (ending === undefined || decoder.pending > 0) throw new Error("the daemon's answer is not whole");
  return ending;
}

/** Makes the sample's call with a daemon that says these bytes and ends. */
export async function answerCall({ name, action, args }: Sample, bytes: Uint8Array): Promise<Ending> {
  const connection = new Connection(new SpokenTransport(bytes, action));
  try {
    await makeCall({
      connection,
      name,
      action,
      args,
      serial: FIRST_SERIAL,
      signal: undefined,
      bulk: undefined,
      cancelTimeoutMs: 60_000,
    });
    return "result";
  } catch (error) {
    if (error instanceof GuestfsError) return "refused";
    if (error instanceof ProtocolError) return "broken";
    if (error instanceof LaunchError) return "ended";
    throw error;
  }
}

/** The last unit of an upload: length word, cancel, no data. */
const LAST_CHUNK_SIZE = 12;

/** A stream that says all it says when the call has come (of an upload, its last chunk), and ends. */
class SpokenTransport implements Transport {
  readonly #incoming = new ByteQueue();
  readonly #answer: Uint8Array;
  readonly #afterUpload: boolean;

  constructor(answer: Uint8Array, action: AnyAction) {
    const stops = Buffer.from(flagWord(GUESTFS_CANCEL_FLAG)).equals(answer.subarray(0, 4));
    this.#answer = answer;
    this.#afterUpload = streamArg(action)?.direction === "in" && !stops;
  }

  send(bytes: Uint8Array): Promise<void> {
    if (!this.#afterUpload || bytes.length === LAST_CHUNK_SIZE) {
      this.#incoming.push(this.#answer);
      this.#incoming.end();
    }
    return Promise.resolve();
  }

  receive(): Promise<Uint8Array | undefined> {
    return this.#incoming.next();
  }

  poll(): Uint8Array | undefined {
    return this.#incoming.shift();
  }

  get ended(): boolean {
    return this.#incoming.drained;
  }

  close(): void {
    this.#incoming.end();
  }
}
