/**
 * createGuestfs(): the typed API over a transport, made by looping over the action table. One call in flight; others wait
 * in order. Starts no appliance (handle.ts).
 */
import {
  actions,
  FIRST_SERIAL,
  gildActions,
  type AnyAction,
  type CallOptions,
  type Gild,
  type Guestfs,
} from "../schemas/index.ts";
import { BulkLink, type BulkOptions } from "./bulk/link.ts";
import { makeCall } from "./call.ts";
import { Connection } from "./connection.ts";
import { LaunchError, messageOf } from "./errors.ts";
import { createLibrary, type GuestfsLibrary } from "./library/index.ts";
import type { Transport } from "./transport.ts";

/** Every action of the table, and the functions that libguestfs builds from several. */
export type GuestfsApi = Guestfs & GuestfsLibrary;

/** What has been done of a long call. Units are the daemon's; `total` 0 when not known. */
export interface ProgressEvent {
  readonly action: string;
  readonly position: bigint;
  readonly total: bigint;
}

/** A call that ended. `args` has secrets replaced. */
export interface TraceEvent {
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly durationMs: number;
  /** Message of the error the call ended with. */
  readonly error?: string;
}

export interface ClientOptions {
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly onTrace?: (event: TraceEvent) => void;
  /** Called with true when a call starts, with false when the last one has ended. */
  readonly onBusy?: (busy: boolean) => void;
  /** Disks for large transfers, where the daemon knows of them. */
  readonly bulk?: BulkOptions | undefined;
  /** Makes the error for an appliance that ended while `action` ran ("launch" before the first). */
  readonly endError?: (action: string) => Error | Promise<Error>;
  /** How long the daemon may take to acknowledge a cancelled transfer, ms. Default 30,000. */
  readonly cancelTimeoutMs?: number;
  /** Monotonic clock, ms. Default performance.now(). */
  readonly now?: () => number;
}

export interface Client {
  readonly g: GuestfsApi;
  /** Private actions of gild's own daemon; a foreign one refuses them. */
  readonly gild: Gild;
  /** Waits for the daemon's launch flag; to be awaited once, before the first call. @throws ProtocolError, LaunchError */
  launched(): Promise<void>;
  /** Why no call can be made any more; undefined while the connection is good. */
  readonly broken: Error | undefined;
  /** Ends the connection at once; a call in flight fails with `reason` (default LaunchError "closed"). Idempotent. */
  close(reason?: Error): void;
}

/** Takes over the transport. */
export function createGuestfs(transport: Transport, options: ClientOptions = {}): Client {
  const calls = new CallQueue(transport, options);
  // One method per entry of the tables that the types are derived from; arguments and results go through the same specs.
  const g = methodsOf(actions, calls) as unknown as Guestfs;
  const gild = methodsOf(gildActions, calls) as unknown as Gild;
  return {
    g: Object.freeze({ ...g, ...createLibrary(g) }),
    gild: Object.freeze(gild),
    launched: () => calls.connection.launched(),
    get broken() {
      return calls.connection.broken;
    },
    close(reason = new LaunchError("closed", "the handle is closed")) {
      if (calls.connection.broken === undefined) calls.connection.break(reason);
    },
  };
}

function methodsOf(table: Readonly<Record<string, AnyAction>>, calls: CallQueue): Readonly<Record<string, unknown>> {
  const methods: Record<string, unknown> = {};
  for (const [name, action] of Object.entries(table)) {
    methods[name] = (args?: Readonly<Record<string, unknown>>, callOptions?: CallOptions) =>
      calls.run(name, action, args ?? {}, callOptions ?? {});
  }
  return methods;
}

class CallQueue {
  readonly connection: Connection;
  readonly #options: ClientOptions;
  readonly #now: () => number;
  readonly #bulk: BulkLink | undefined;
  #serial = FIRST_SERIAL;
  #current = "launch";
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(transport: Transport, options: ClientOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#bulk = options.bulk === undefined ? undefined : new BulkLink(options.bulk, () => this.#nextSerial());
    this.connection = new Connection(transport, {
      onProgress: ({ position, total }) => options.onProgress?.({ action: this.#current, position, total }),
      endError: () =>
        options.endError?.(this.#current) ??
        new LaunchError("appliance-ended", `${this.#current}: the appliance ended`),
    });
  }

  run(
    name: string,
    action: AnyAction,
    args: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<unknown> {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#options.onBusy?.(true);
    const result = this.#tail.then(() => this.#call(name, action, args, options.signal));
    this.#tail = result.then(
      () => this.#done(),
      () => this.#done(),
    );
    return result;
  }

  #done(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#options.onBusy?.(false);
  }

  async #call(
    name: string,
    action: AnyAction,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const { connection } = this;
    if (connection.broken !== undefined) throw closedError(name, connection.broken);
    this.#current = name;
    const serial = this.#nextSerial();
    const started = this.#now();
    const traced = (error?: unknown): void => this.#trace(name, action, args, this.#now() - started, error);
    try {
      const cancelTimeoutMs = this.#options.cancelTimeoutMs ?? 30_000;
      const result = await makeCall({
        connection,
        name,
        action,
        args,
        serial,
        signal,
        bulk: this.#bulk,
        cancelTimeoutMs,
      });
      traced();
      return result;
    } catch (thrown) {
      // The reason that the caller gave, not the broken connection it led to.
      const error: unknown = signal?.aborted === true ? signal.reason : thrown;
      traced(error);
      throw error;
    }
  }

  #nextSerial(): number {
    const serial = this.#serial;
    this.#serial = (this.#serial + 1) >>> 0;
    return serial;
  }

  #trace(name: string, action: AnyAction, args: TraceEvent["args"], durationMs: number, error: unknown): void {
    const { onTrace } = this.#options;
    if (onTrace === undefined) return;
    const event = { action: name, args: traceArgs(action, args), durationMs };
    onTrace(error === undefined ? event : { ...event, error: messageOf(error) });
  }
}

function closedError(name: string, cause: Error): LaunchError {
  return new LaunchError("closed", `${name}: the connection is closed: ${cause.message}`, { cause });
}

/** Arguments for the trace: keys hidden, bytes and streams by their size or kind. */
function traceArgs(action: AnyAction, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const field = action.args[name] ?? action.optargs[name];
    if (value === undefined) continue;
    if (field?.kind === "key") shown[name] = "(secret)";
    else if (value instanceof Uint8Array) shown[name] = `(${value.length} bytes)`;
    else if (typeof value === "function" || (typeof value === "object" && !Array.isArray(value)))
      shown[name] = "(stream)";
    else shown[name] = value;
  }
  return shown;
}
