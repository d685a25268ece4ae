/**
 * The messages of one call: sending the call, receiving and checking its reply, and what an abort does to a wait. Shared by
 * plain calls and transfers; sends and receives no chunks.
 */
import {
  callHeader,
  decodeError,
  decodeResult,
  encodeArgs,
  encodeHeader,
  frame,
  GUESTFS_DIRECTION_REPLY,
  GUESTFS_MESSAGE_MAX,
  GUESTFS_PROGRAM,
  GUESTFS_PROTOCOL_VERSION,
  GUESTFS_STATUS_ERROR,
  GUESTFS_STATUS_OK,
  HEADER_SIZE,
  ProtocolError,
  splitMessage,
  type AnyAction,
  type EncodedArgs,
  type Message,
  type MessageHeader,
  type ProtocolErrorCode,
} from "../schemas/index.ts";
import type { BulkLink } from "./bulk/link.ts";
import type { Connection } from "./connection.ts";
import { GuestfsError, LaunchError, messageOf } from "./errors.ts";

export interface Call {
  readonly connection: Connection;
  readonly name: string;
  readonly action: AnyAction;
  readonly args: Readonly<Record<string, unknown>>;
  readonly serial: number;
  readonly signal: AbortSignal | undefined;
  /** Transfers through disks; undefined where there are none. */
  readonly bulk: BulkLink | undefined;
  /** How long the daemon may take to acknowledge a cancelled transfer, ms; then the connection is broken. */
  readonly cancelTimeoutMs: number;
}

/** What every caller of a transfer meets as an error of the daemon's bytes. */
export function wrong(call: Call, code: ProtocolErrorCode, what: string): ProtocolError {
  return new ProtocolError(code, `${call.name}: ${what}`);
}

/**
 * Sends the call message. `sizeHint`: bytes that will follow, 0 when not known.
 *
 * @throws GuestfsError EINVAL, E2BIG for arguments that do not fit; nothing was sent then
 */
export async function sendCall(call: Call, sizeHint: bigint): Promise<void> {
  drainStrays(call);
  const { bytes, optargsBitmask } = encodedArgs(call);
  const header = callHeader({
    proc: call.action.proc,
    serial: call.serial,
    progress_hint: sizeHint,
    optargs_bitmask: optargsBitmask,
  });
  await call.connection.send(frame(encodeHeader(header), bytes));
}

/** @throws GuestfsError EINVAL, E2BIG for arguments that sendCall would refuse */
export function checkCall(call: Call): void {
  encodedArgs(call);
}

/** Waits for the reply and decodes its result. @throws GuestfsError for an ERROR reply; ProtocolError */
export async function receiveResult(call: Call): Promise<unknown> {
  return resultOf(call, await receiveReply(call));
}

/** Waits for the reply, OK or ERROR, with its header checked. Stray CANCEL_FLAGs are skipped. @throws ProtocolError */
export async function receiveReply(call: Call): Promise<Message> {
  for (;;) {
    const unit = await call.connection.receive();
    if (unit.type === "cancel") continue;
    return call.connection.checked(() => {
      const message = splitMessage(unit.bytes);
      checkHeader(call, message.header);
      return message;
    });
  }
}

/** @throws GuestfsError for an ERROR reply; ProtocolError */
export function resultOf(call: Call, { header, body }: Message): unknown {
  return call.connection.checked(() => {
    if (header.status === GUESTFS_STATUS_OK) return decodeResult(call.action, body);
    const { errno, message } = decodeError(body);
    throw new GuestfsError(call.name, errno, message);
  });
}

/** Runs a wait that nothing can interrupt politely: an abort breaks the connection. */
export async function abortsAtOnce<T>(call: Call, body: () => Promise<T>): Promise<T> {
  const { signal, connection } = call;
  const stop = (): void => {
    connection.break(new LaunchError("closed", `${call.name}: aborted`, { cause: signal?.reason }));
  };
  if (signal?.aborted === true) stop();
  signal?.addEventListener("abort", stop);
  try {
    return await body();
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Breaks the connection when the daemon does not acknowledge a cancelled transfer in time. Call the result when it has. */
export function cancelTimer(call: Call): () => void {
  const timer = setTimeout(() => {
    call.connection.break(new LaunchError("closed", `${call.name}: the daemon did not stop the transfer in time`));
  }, call.cancelTimeoutMs);
  return () => clearTimeout(timer);
}

function encodedArgs(call: Call): EncodedArgs {
  let encoded: EncodedArgs;
  try {
    checkNames(call);
    encoded = encodeArgs(call.action, call.args);
  } catch (error) {
    throw new GuestfsError(call.name, "EINVAL", messageOf(error), { cause: error });
  }
  if (HEADER_SIZE + encoded.bytes.length > GUESTFS_MESSAGE_MAX) {
    throw new GuestfsError(call.name, "E2BIG", `arguments are over ${GUESTFS_MESSAGE_MAX} bytes`);
  }
  return encoded;
}

/** The types say so already, to those whose code is checked by them. */
function checkNames({ action, args }: Call): void {
  const names = [...Object.keys(action.args), ...Object.keys(action.optargs)];
  const unknown = Object.keys(args).find((name) => !names.includes(name) && args[name] !== undefined);
  if (unknown !== undefined) {
    throw new TypeError(`${unknown}: no such argument; it takes ${names.join(", ") || "none"}`);
  }
  const missing = Object.entries(action.args).find(
    ([name, { kind }]) => args[name] === undefined && kind !== "opt_string",
  );
  if (missing !== undefined) throw new TypeError(`${missing[0]}: the argument is missing`);
}

/** A cancel flag may be left from the call before; anything else has no business here. */
function drainStrays(call: Call): void {
  for (let unit = call.connection.poll(); unit !== undefined; unit = call.connection.poll()) {
    if (unit.type === "data") throw call.connection.break(wrong(call, "UNEXPECTED_FLAG", "message before the call"));
  }
}

function checkHeader(call: Call, header: MessageHeader): void {
  const { proc } = call.action;
  const check = (code: ProtocolErrorCode, field: string, got: number, wanted: number): void => {
    if (got !== wanted) throw wrong(call, code, `reply with ${field} ${got} instead of ${wanted}`);
  };
  check("WRONG_PROGRAM", "program", header.prog, GUESTFS_PROGRAM);
  check("WRONG_VERSION", "version", header.vers, GUESTFS_PROTOCOL_VERSION);
  check("WRONG_DIRECTION", "direction", header.direction, GUESTFS_DIRECTION_REPLY);
  check("WRONG_PROCEDURE", "procedure", header.proc, proc);
  check("WRONG_SERIAL", "serial", header.serial, call.serial);
  if (header.status !== GUESTFS_STATUS_ERROR) check("WRONG_STATUS", "status", header.status, GUESTFS_STATUS_OK);
}
