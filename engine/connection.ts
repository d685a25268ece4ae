/**
 * Connection: units of the protocol over a transport, for one call at a time. The only reader of the transport. Once the
 * bytes are wrong or the stream has ended it is broken for good. Knows no actions.
 */
import {
  encodeChunk,
  flagWord,
  frame,
  FrameDecoder,
  GUESTFS_CANCEL_FLAG,
  ProtocolError,
  type Progress,
  type Unit,
} from "../schemas/index.ts";
import { LaunchError } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** A unit that the callers must deal with: progress has been handed out, a LAUNCH_FLAG in the wrong place refused. */
export type CallUnit = Extract<Unit, { readonly type: "cancel" | "data" }>;

export interface ConnectionOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Makes the error for a stream that ended (qemu died). Default: LaunchError "appliance-ended". */
  readonly endError?: () => Error | Promise<Error>;
}

export class Connection {
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  readonly #decoder = new FrameDecoder();
  #broken: Error | undefined;

  constructor(transport: Transport, options: ConnectionOptions = {}) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Why the connection cannot be used any more. */
  get broken(): Error | undefined {
    return this.#broken;
  }

  /** Waits for the daemon's first sign of life. @throws ProtocolError, LaunchError */
  async launched(): Promise<void> {
    const unit = await this.#next();
    if (unit.type !== "launch") throw this.#wrong(`${unit.type} before the launch flag`);
  }

  /** The next unit for a call. @throws ProtocolError, or the error of `endError` */
  async receive(): Promise<CallUnit> {
    for (;;) {
      const unit = this.#filter(await this.#next());
      if (unit !== undefined) return unit;
    }
  }

  /** A unit that has already arrived, without waiting. @throws ProtocolError */
  poll(): CallUnit | undefined {
    for (;;) {
      const unit = this.#decode();
      if (unit === undefined) {
        const bytes = this.#transport.poll();
        if (bytes === undefined) return undefined;
        this.#decoder.push(bytes);
        continue;
      }
      const wanted = this.#filter(unit);
      if (wanted !== undefined) return wanted;
    }
  }

  /** The daemon is gone and all it said was taken; receive() will throw. A sender must look: sending cannot tell. */
  get ended(): boolean {
    return this.#transport.ended;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    await this.#transport.send(bytes);
  }

  sendCancelFlag(): Promise<void> {
    return this.send(flagWord(GUESTFS_CANCEL_FLAG));
  }

  sendChunk(cancel: boolean, data = new Uint8Array()): Promise<void> {
    return this.send(frame(encodeChunk({ cancel, data })));
  }

  /** Marks the connection broken, closes the transport, and gives the error back (the first one wins). */
  break(error: Error): Error {
    this.#broken ??= error;
    this.#transport.close();
    return error;
  }

  /** Runs a check of received bytes; a ProtocolError breaks the connection. */
  checked<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw error instanceof ProtocolError ? this.break(error) : error;
    }
  }

  #wrong(what: string): Error {
    return this.break(new ProtocolError("UNEXPECTED_FLAG", `protocol: unexpected ${what}`));
  }

  #filter(unit: Unit): CallUnit | undefined {
    if (unit.type === "launch") throw this.#wrong("launch flag");
    if (unit.type !== "progress") return unit;
    this.#options.onProgress?.(unit.progress);
    return undefined;
  }

  #decode(): Unit | undefined {
    return this.checked(() => this.#decoder.next());
  }

  async #next(): Promise<Unit> {
    for (;;) {
      if (this.#broken !== undefined) throw this.#broken;
      const unit = this.#decode();
      if (unit !== undefined) return unit;
      const bytes = await this.#transport.receive();
      if (bytes === undefined) throw await this.#ended();
      this.#decoder.push(bytes);
    }
  }

  async #ended(): Promise<Error> {
    // Closed by ourselves (abort, close): that reason, not the end of the stream, is what the caller must see.
    if (this.#broken !== undefined) return this.#broken;
    const { endError } = this.#options;
    const error = endError === undefined ? new LaunchError("appliance-ended", "the appliance ended") : await endError();
    return this.break(error);
  }
}
