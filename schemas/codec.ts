/**
 * Codec of an action's argument and result structs, derived from its spec. Streams are not in the struct; optional
 * arguments are all encoded after the required ones, those given marked in the bitmask (facts/protocol.md §3).
 */
import { Reader, Writer } from "@stellar/js-xdr";

import type { AnyAction } from "./action.ts";
import { isStream, type Field } from "./field.ts";
import { decoding, ProtocolError } from "./protocol/protocol-error.ts";
import { structs, type StructField, type StructName, type StructOf } from "./structs.ts";

/** Arguments by name. Only those of the action's spec are looked at. */
export type WireArgs = Readonly<Record<string, unknown>>;

export interface EncodedArgs {
  readonly bytes: Uint8Array;
  readonly optargsBitmask: bigint;
}

/** The required arguments that are on the wire, in order. */
export function wireArgs(action: AnyAction): readonly (readonly [string, Field<unknown>])[] {
  const fields: [string, Field<unknown>][] = [];
  for (const [name, field] of Object.entries(action.args)) {
    if (!isStream(field)) fields.push([name, field]);
  }
  return fields;
}

/** The action's stream argument, if it has one (no action has two). */
export function streamArg(action: AnyAction): { readonly name: string; readonly direction: "in" | "out" } | undefined {
  for (const [name, field] of Object.entries(action.args)) {
    if (isStream(field)) return { name, direction: field.direction };
  }
  return undefined;
}

/** @throws XdrError when a value does not fit its field */
export function encodeArgs(action: AnyAction, args: WireArgs): EncodedArgs {
  const writer = new Writer();
  for (const [name, field] of wireArgs(action)) field.xdr._write(args[name], writer, name);

  let optargsBitmask = 0n;
  for (const [index, [name, field]] of Object.entries(action.optargs).entries()) {
    const given = args[name] !== undefined;
    if (given) optargsBitmask |= 1n << BigInt(index);
    field.xdr._write(given ? args[name] : field.filler, writer, name);
  }
  return { bytes: writer.toUint8Array(), optargsBitmask };
}

/**
 * Decodes a call's arguments; optional ones not given are undefined. Optional arguments missing at the end count as not
 * given (a client older than the action's newest optarg), bytes after the last known one are ignored (a newer client).
 *
 * @throws ProtocolError BAD_BODY
 */
export function decodeArgs(action: AnyAction, bytes: Uint8Array, optargsBitmask: bigint): Record<string, unknown> {
  const optargs = Object.entries(action.optargs);
  const unknown = optargsBitmask >> BigInt(optargs.length);
  if (unknown !== 0n) throw new ProtocolError("BAD_BODY", "unknown option in optional arguments bitmask");

  return decoding("BAD_BODY", "procedure arguments", () => {
    const reader = new Reader(bytes);
    const args: Record<string, unknown> = {};
    for (const [name, field] of wireArgs(action)) args[name] = field.xdr._read(reader, name);
    for (const [index, [name, field]] of optargs.entries()) {
      const given = (optargsBitmask & (1n << BigInt(index))) !== 0n;
      if (!given && reader.remaining === 0) continue;
      const value = field.xdr._read(reader, name);
      if (given) args[name] = value;
    }
    return args;
  });
}

export function encodeResult(action: AnyAction, result: unknown): Uint8Array {
  return action.ret.kind === "none" ? new Uint8Array() : fieldOf(action.ret).xdr.encode(result);
}

/** @throws ProtocolError BAD_BODY */
export function decodeResult(action: AnyAction, body: Uint8Array): unknown {
  const { ret } = action;
  if (ret.kind === "none") {
    if (body.length > 0) throw new ProtocolError("BAD_BODY", `result of ${body.length} bytes where there is none`);
    return undefined;
  }
  return decoding("BAD_BODY", "procedure result", () => fieldOf(ret).xdr.decode(body));
}

/**
 * Structs that stand one after the other, as some FileOut actions send them.
 *
 * @throws ProtocolError BAD_BODY
 */
export function decodeStructs<N extends StructName>(name: N, bytes: Uint8Array): StructOf<N>[] {
  // The entry of this name; indexing by a type parameter loses which one.
  const struct = structs[name] as unknown as StructField<StructOf<N>>;
  return decoding("BAD_BODY", name, () => {
    const reader = new Reader(bytes);
    const found: StructOf<N>[] = [];
    while (reader.remaining > 0) found.push(struct.xdr._read(reader, name));
    return found;
  });
}

function fieldOf(ret: AnyAction["ret"]): Field<unknown> {
  if (!("xdr" in ret)) throw new TypeError("no result");
  return ret;
}
