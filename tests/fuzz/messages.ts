/**
 * Real messages of every action, for fuzzing: calls as a client sends them and answers as a daemon gives them, files in
 * chunks included. Knows nothing of mutations.
 */
import {
  actions,
  callHeader,
  encodeArgs,
  encodeChunk,
  encodeError,
  encodeHeader,
  encodeResult,
  FIRST_SERIAL,
  flagWord,
  frame,
  GUESTFS_CANCEL_FLAG,
  isStream,
  progressUnit,
  replyHeader,
  streamArg,
  structs,
  type AnyAction,
  type AnyField,
  type Field,
} from "../../schemas/index.ts";

export interface Sample {
  readonly name: string;
  readonly action: AnyAction;
  /** What the client's method is given for this call. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

const FILE = Buffer.alloc(10_000, "bytes of a file ");
const table: Readonly<Record<string, AnyAction>> = actions;

/** Two calls of every action (or of those named), without and with its optional arguments, and those that its tests make. */
export function sampleCalls(names: readonly string[] = Object.keys(table)): Sample[] {
  return names.flatMap((name) => {
    const action = table[name];
    if (action === undefined) throw new Error(`no action ${name}`);
    const required = argsOf(action.args);
    const all = argsOf({ ...action.args, ...action.optargs });
    return [required, all, ...testedArgs(name, action)].map((args) => ({
      name,
      action,
      args,
      bytes: callBytes(action, args),
    }));
  });
}

/** A success and an error of every action, as they answer its first call. */
export function sampleReplies(): Sample[] {
  return Object.entries(table).flatMap(([name, action]) => {
    const args = argsOf(action.args);
    return [successBytes(action), failureBytes(action)].map((bytes) => ({ name, action, args, bytes }));
  });
}

/** A plausible value of a field, not empty. */
export function sampleValue(field: AnyField): unknown {
  if (isStream(field)) return field.direction === "in" ? FILE : () => undefined;
  const { filler, kind } = field;
  if (kind === "struct") return sampleStruct(field.upstream.of);
  if (kind === "struct_list") return [sampleStruct(field.upstream.of), sampleStruct(field.upstream.of)];
  if (field.upstream.type === "RHashtable") {
    return [
      ["key", "value"],
      ["/dev/sda1", ""],
    ];
  }
  if (kind === "uuid") return "0123456789abcdefghijABCDEFGHIJ-_";
  if (kind === "device") return "/dev/sda";
  if (typeof filler === "string") return "/a path/with \udcff";
  if (typeof filler === "number") return 7;
  if (typeof filler === "bigint") return 0x1234_5678_9abcn;
  if (typeof filler === "boolean") return true;
  if (filler instanceof Uint8Array) return Buffer.from("some bytes");
  if (Array.isArray(filler)) return ["/first", "", "third"];
  return "text";
}

function sampleStruct(name = ""): Readonly<Record<string, unknown>> {
  const known: Readonly<Record<string, { readonly members: Readonly<Record<string, Field<unknown>>> }>> = structs;
  const members = Object.entries(known[name]?.members ?? {});
  return Object.fromEntries(members.map(([member, field]) => [member, sampleValue(field)]));
}

function argsOf(fields: Readonly<Record<string, AnyField>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, sampleValue(field)]));
}

function* testedArgs(name: string, action: AnyAction): Generator<Record<string, unknown>> {
  const fields: Readonly<Record<string, AnyField>> = { ...action.args, ...action.optargs };
  for (const [called, given = {}] of action.tests.flatMap(({ calls }) => calls)) {
    if (called !== name) continue;
    const args: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(fields)) {
      const value = given[key];
      if (isStream(field)) args[key] = sampleValue(field);
      else if (value !== undefined) args[key] = field.fromRecipe(value);
    }
    yield args;
  }
}

function callBytes(action: AnyAction, args: Readonly<Record<string, unknown>>): Buffer {
  const { bytes, optargsBitmask } = encodeArgs(action, args);
  const header = callHeader({ proc: action.proc, serial: FIRST_SERIAL, optargs_bitmask: optargsBitmask });
  const call = frame(encodeHeader(header), bytes);
  return streamArg(action)?.direction === "in" ? Buffer.concat([call, ...fileUnits()]) : Buffer.from(call);
}

function successBytes(action: AnyAction): Buffer {
  const body = action.ret.kind === "none" ? new Uint8Array() : encodeResult(action, sampleValue(resultField(action)));
  const reply = frame(encodeHeader(replyHeader({ proc: action.proc, serial: FIRST_SERIAL })), body);
  const progress = progressUnit({ proc: action.proc, serial: FIRST_SERIAL, position: 1n, total: 2n });
  const file = streamArg(action)?.direction === "out" ? fileUnits() : [];
  return Buffer.concat([progress, reply, ...file]);
}

function failureBytes(action: AnyAction): Buffer {
  const header = replyHeader({ proc: action.proc, serial: FIRST_SERIAL, status: 1 });
  const body = encodeError({ errno: "ENOENT", message: "/a path: No such file or directory" });
  // The daemon stops an upload before it says why.
  const stop = streamArg(action)?.direction === "in" ? [flagWord(GUESTFS_CANCEL_FLAG)] : [];
  return Buffer.concat([...stop, frame(encodeHeader(header), body)]);
}

function resultField(action: AnyAction): Field<unknown> {
  // Only "none" is no field, and that was looked at.
  return action.ret as Field<unknown>;
}

function fileUnits(): Uint8Array[] {
  return [FILE.subarray(0, 8000), FILE.subarray(8000), new Uint8Array()].map((data) =>
    frame(encodeChunk({ cancel: false, data })),
  );
}
