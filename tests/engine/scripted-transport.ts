/** A transport whose daemon is the test: what the client sends is recorded, what it receives is written by hand. */
import { ByteQueue } from "../../engine/byte-queue.ts";
import type { Transport } from "../../engine/index.ts";
import {
  actions,
  encodeChunk,
  encodeError,
  encodeHeader,
  FIRST_SERIAL,
  frame,
  FrameDecoder,
  replyHeader,
  type ActionName,
  type MessageHeader,
  type Unit,
} from "../../schemas/index.ts";

export class ScriptedTransport implements Transport {
  readonly #incoming = new ByteQueue();
  readonly #decoder = new FrameDecoder();
  readonly units: Unit[] = [];
  /** Called with each whole unit the client sends. */
  onUnit: (unit: Unit, index: number) => void = () => undefined;

  say(...parts: readonly Uint8Array[]): void {
    for (const part of parts) this.#incoming.push(part);
  }

  end(): void {
    this.#incoming.end();
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#decoder.push(bytes);
    for (let unit = this.#decoder.next(); unit !== undefined; unit = this.#decoder.next()) {
      this.units.push(unit);
      this.onUnit(unit, this.units.length - 1);
    }
    await new Promise((resolve) => setImmediate(resolve));
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

/** A whole reply message; `serial` counts from the first call, 0. */
export function reply(
  name: ActionName,
  serial: number,
  body: Uint8Array = new Uint8Array(),
  header: Partial<MessageHeader> = {},
): Uint8Array {
  const fields = { proc: actions[name].proc, serial: FIRST_SERIAL + serial, ...header };
  return frame(encodeHeader(replyHeader(fields)), body);
}

export function errorReply(name: ActionName, serial: number, errno: string, message: string): Uint8Array {
  return reply(name, serial, encodeError({ errno, message }), { status: 1 });
}

export function chunk(data: Uint8Array | string, cancel = false): Uint8Array {
  return frame(encodeChunk({ cancel, data: typeof data === "string" ? Buffer.from(data) : data }));
}
