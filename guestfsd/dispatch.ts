/**
 * From a call to its handler and back: finds the action by its number, decodes and checks arguments, runs the handler, encodes
 * the result (facts/protocol.md §7). Knows nothing of the channel: streams come and go through what serve.ts hands in.
 */
import {
  actions,
  decodeArgs,
  encodeResult,
  gildActions,
  GUESTFS_MESSAGE_MAX,
  HEADER_SIZE,
  ProtocolError,
  streamArg,
  type AnyAction,
  type Hole,
  type MessageHeader,
} from "../schemas/index.ts";
import { handlers } from "./actions/index.ts";
import { gild } from "./gild.ts";
import { checkArguments, translateResult } from "./arguments.ts";
import type { Context } from "./context.ts";
import { ActionError } from "./errors.ts";
import { groupState } from "./optgroups.ts";
import { rereadStalePartitions } from "./stale-partitions.ts";

export interface Procedure {
  readonly name: string;
  readonly action: AnyAction;
  readonly handler: Handler | undefined;
}

/** A handler without its types; arguments.ts and the codec make sure of them. */
export type Handler = (args: Readonly<Record<string, unknown>>, context: Context) => unknown;

/** What a call gave: the encoded reply body, or the file of a FileOut call. */
export type Outcome =
  | { readonly kind: "reply"; readonly body: Uint8Array }
  | { readonly kind: "stream"; readonly pieces: Iterable<Uint8Array | Hole> };

/** Procedures of upstream that carry a FileIn stream, whether we have them or not: their chunks must be drained. */
const FILE_IN_PROCS: ReadonlySet<number> = new Set([66, 69, 71, 229, 241, 242, 273, 309, 397, 413, 472]);

/** All procedures by number. */
export function createProcedures(table: Readonly<Record<string, Handler>> = untyped()): ReadonlyMap<number, Procedure> {
  const byName: Readonly<Record<string, AnyAction>> = { ...actions, ...gildActions };
  return new Map(Object.entries(byName).map(([name, action]) => [action.proc, { name, action, handler: table[name] }]));
}

/** Whether file chunks follow a call of this number. */
export function carriesFileIn(proc: number, procedure: Procedure | undefined): boolean {
  return procedure === undefined ? FILE_IN_PROCS.has(proc) : streamArg(procedure.action)?.direction === "in";
}

/**
 * Runs one call.
 *
 * @param body encoded arguments
 * @throws ActionError for everything that the library shall be told; FatalError, ProtocolError for what ends the daemon
 */
export function dispatch(
  procedure: Procedure | undefined,
  header: MessageHeader,
  body: Uint8Array,
  context: Context,
): Outcome {
  if (procedure?.handler === undefined) {
    throw new ActionError(
      `dispatch_incoming_message: unknown procedure number ${header.proc}, set LIBGUESTFS_PATH to point to the matching libguestfs appliance directory`,
    );
  }
  const { action, handler } = procedure;
  requireGroup(action);
  const args = checkArguments(action, decode(action, header, body), context);
  const result = handler(args, context);
  rereadStalePartitions(action, args, context.devices);
  if (streamArg(action)?.direction === "out") return { kind: "stream", pieces: asStream(result) };
  return { kind: "reply", body: encode(action, translateResult(action, result, context.devices)) };
}

function requireGroup(action: AnyAction): void {
  if (action.group === undefined || groupState(action.group) === "available") return;
  throw new ActionError(
    `feature '${action.group}' is not available in this build of libguestfs. ` +
      `The appliance lacks the programs that it needs.\nSee gild's documentation of the appliance.`,
    "ENOTSUP",
  );
}

function decode(action: AnyAction, header: MessageHeader, body: Uint8Array): Record<string, unknown> {
  try {
    return decodeArgs(action, body, header.optargs_bitmask);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ActionError(`daemon failed to decode procedure arguments: ${error.message}`, "EINVAL", { cause: error });
  }
}

function encode(action: AnyAction, result: unknown): Uint8Array {
  let reason = "";
  try {
    const body = encodeResult(action, result);
    if (body.length + HEADER_SIZE <= GUESTFS_MESSAGE_MAX) return body;
  } catch (error) {
    reason = `: ${error instanceof Error ? error.message : String(error)}`;
  }
  throw new ActionError(
    `guestfsd: failed to encode reply body\n(maybe the reply exceeds the maximum message size in the protocol?)${reason}`,
  );
}

function asStream(result: unknown): Iterable<Uint8Array | Hole> {
  // HandlersOf makes every handler of a FileOut action return an iterable of bytes.
  return result as Iterable<Uint8Array | Hole>;
}

function untyped(): Readonly<Record<string, Handler>> {
  // Each handler takes exactly what decodeArgs and checkArguments give for its action: HandlersOf ties both to one spec.
  return { ...handlers, ...gild } as unknown as Readonly<Record<string, Handler>>;
}
