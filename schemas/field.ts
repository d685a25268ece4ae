/**
 * Field<T>: one kind of value that an action takes or gives, with its projections: TypeScript type, XDR codec, `.x`
 * declaration, JSON Schema of the recipe form, and documentation. The kinds are libguestfs's (guestfs(3), upstream
 * `generator/types.ml`). Does not know any action.
 */
import {
  BaseType,
  array,
  bool as xdrBool,
  float as xdrFloat,
  int32,
  int64 as xdrInt64,
  opaque,
  option,
  struct as xdrStruct,
  uint32,
  uint64,
  varOpaque,
  type Reader,
  type Writer,
  type XdrType,
} from "@stellar/js-xdr";

import type { Json, JsonSchema } from "./json.ts";
import { bytesFromText, textFromBytes } from "./text.ts";
import { GUESTFS_MESSAGE_MAX } from "./protocol/constants.ts";

/** How upstream names the type: `{ type: "String", of: "Pathname" }` for arguments, `{ type: "RString" }`-like for results. */
export interface UpstreamType {
  readonly type: string;
  readonly of?: string;
}

export interface Field<T> {
  readonly kind: string;
  /** What the value means, one sentence; with its unit. Empty for results that the action's text explains. */
  readonly doc: string;
  readonly upstream: UpstreamType;
  readonly xdr: XdrType<T>;
  /** Declaration in the `.x` file, without the final semicolon. */
  readonly declare: (name: string) => string;
  readonly json: JsonSchema;
  /** Turns a value that `json` accepted into the wire value. */
  readonly fromRecipe: (value: Json) => T;
  /** What is sent for an optional argument that was not given. */
  readonly filler: T;
}

/** A file stream: never in the argument struct, carried by chunks after the call (FileIn) or after the reply (FileOut). */
export interface StreamField<D extends "in" | "out"> {
  readonly kind: "filein" | "fileout";
  readonly direction: D;
  readonly doc: string;
  readonly upstream: UpstreamType;
  readonly json: JsonSchema;
}

export type FileIn = StreamField<"in">;
export type FileOut = StreamField<"out">;
export type AnyField = Field<unknown> | FileIn | FileOut;
export type ValueOf<F> = F extends Field<infer T> ? T : never;

const LIST_MAX = 1 << 20;

class TextType extends BaseType<string> {
  readonly kind = "text";
  readonly #bytes = varOpaque(GUESTFS_MESSAGE_MAX);

  override _read(reader: Reader, path: string): string {
    return textFromBytes(this.#bytes._read(reader, path));
  }

  override _write(value: string, writer: Writer, path: string): void {
    this.#bytes._write(bytesFromText(value), writer, path);
  }
}

/** Fixed-size ASCII (LVM UUIDs): no length word on the wire. */
class FixedTextType extends BaseType<string> {
  readonly kind = "fixedText";
  readonly #bytes: XdrType<Uint8Array>;

  constructor(length: number) {
    super();
    this.#bytes = opaque(length);
  }

  override _read(reader: Reader, path: string): string {
    return textFromBytes(this.#bytes._read(reader, path));
  }

  override _write(value: string, writer: Writer, path: string): void {
    this.#bytes._write(bytesFromText(value), writer, path);
  }
}

/** XDR string of bytes as text (see text.ts), at most GUESTFS_MESSAGE_MAX bytes. */
export const xdrText: XdrType<string> = new TextType("string");

const asString = (value: Json): string => String(value);

function textField(kind: string, of: string, doc: string, json: JsonSchema = { type: "string" }): Field<string> {
  return {
    kind,
    doc,
    upstream: { type: "String", of },
    xdr: xdrText,
    declare: (name) => `string ${name}<>`,
    json,
    fromRecipe: asString,
    filler: "",
  };
}

const absolute: JsonSchema = { type: "string", pattern: "^/" };

/** Absolute path inside the guest; a filesystem must be mounted. */
export const pathname = (doc: string): Field<string> => textField("pathname", "Pathname", doc, absolute);
/** Block device name, e.g. `/dev/sda1` or `/dev/VG/LV`. */
export const device = (doc: string): Field<string> => textField("device", "Device", doc, absolute);
/** Device, or `btrfsvol:/dev/DEV/SUBVOL`. */
export const mountable = (doc: string): Field<string> => textField("mountable", "Mountable", doc);
/** Device if it names one, else a path in the guest. */
export const devOrPath = (doc: string): Field<string> => textField("dev_or_path", "Dev_or_Path", doc, absolute);
/** Mountable if it names one, else a path in the guest. */
export const mountableOrPath = (doc: string): Field<string> => textField("mountable_or_path", "Mountable_or_Path", doc);
/** Any text. */
export const string = (doc: string): Field<string> => textField("string", "PlainString", doc);
/** A secret: never logged, never printed. */
export const key = (doc: string): Field<string> => textField("key", "Key", doc, { type: "string", writeOnly: true });
/** GUID in its usual text form. */
export const guid = (doc: string): Field<string> => textField("guid", "GUID", doc);

/** Text that may be absent (XDR optional). */
export function optString(doc: string): Field<string | null> {
  return {
    kind: "opt_string",
    doc,
    upstream: { type: "OptString" },
    xdr: option(xdrText),
    declare: (name) => `guestfs_str *${name}`,
    json: { type: ["string", "null"] },
    fromRecipe: (value) => (value === null ? null : String(value)),
    filler: null,
  };
}

/** List of text; `of` is upstream's element flavour. */
export function stringList(
  doc: string,
  of: "PlainString" | "Device" | "Filename" | "Pathname" = "PlainString",
): Field<readonly string[]> {
  return {
    kind: "string_list",
    doc,
    upstream: { type: "StringList", of },
    xdr: array(xdrText, LIST_MAX),
    declare: (name) => `guestfs_str ${name}<>`,
    json: { type: "array", items: { type: "string" } },
    fromRecipe: (value) => (Array.isArray(value) ? value.map(asString) : []),
    filler: [],
  };
}

/** Signed 32-bit integer. */
export function int(doc: string, json: JsonSchema = { type: "integer" }): Field<number> {
  return {
    kind: "int",
    doc,
    upstream: { type: "Int" },
    xdr: int32(),
    declare: (name) => `int ${name}`,
    json: { minimum: -2147483648, maximum: 2147483647, ...json },
    fromRecipe: Number,
    filler: 0,
  };
}

/** Unix mode bits. In recipes a quoted octal string ("0755"). */
export function mode(doc: string): Field<number> {
  return {
    ...int(doc),
    kind: "mode",
    json: { type: "string", pattern: "^0?[0-7]{3,4}$" },
    fromRecipe: (value) => Number.parseInt(String(value), 8),
  };
}

/** Signed 64-bit integer: bigint in TypeScript, an integer or a decimal string in YAML. */
export function int64(doc: string): Field<bigint> {
  return {
    kind: "int64",
    doc,
    upstream: { type: "Int64" },
    xdr: xdrInt64(),
    declare: (name) => `int64_t ${name}`,
    json: { type: ["integer", "string"], pattern: "^-?[0-9]+$" },
    fromRecipe: (value) => BigInt(String(value)),
    filler: 0n,
  };
}

export function bool(doc: string): Field<boolean> {
  return {
    kind: "bool",
    doc,
    upstream: { type: "Bool" },
    xdr: xdrBool(),
    declare: (name) => `bool ${name}`,
    json: { type: "boolean" },
    fromRecipe: (value) => value === true,
    filler: false,
  };
}

/** Bytes (BufferIn / RBufferOut). In recipes: text, encoded as UTF-8. */
export function buffer(doc: string): Field<Uint8Array> {
  return {
    kind: "buffer",
    doc,
    upstream: { type: "BufferIn" },
    xdr: varOpaque(GUESTFS_MESSAGE_MAX),
    declare: (name) => `opaque ${name}<>`,
    json: { type: "string" },
    fromRecipe: (value) => bytesFromText(String(value)),
    filler: new Uint8Array(),
  };
}

/** A host file sent to the daemon. In recipes: a path relative to the recipe's folder. */
export const fileIn = (doc: string): FileIn => ({
  kind: "filein",
  direction: "in",
  doc,
  upstream: { type: "String", of: "FileIn" },
  json: { type: "string" },
});

/** A host file filled by the daemon. */
export const fileOut = (doc: string): FileOut => ({
  kind: "fileout",
  direction: "out",
  doc,
  upstream: { type: "String", of: "FileOut" },
  json: { type: "string" },
});

export function isStream(field: AnyField): field is FileIn | FileOut {
  return field.kind === "filein" || field.kind === "fileout";
}

// Struct members only (upstream F* types).

function member<T>(kind: string, of: string, xdr: XdrType<T>, declare: (name: string) => string, filler: T): Field<T> {
  const fail = (): never => {
    throw new TypeError(`${kind}: struct members are not recipe input`);
  };
  return { kind, doc: "", upstream: { type: of }, xdr, declare, json: {}, fromRecipe: fail, filler };
}

export const memberTypes = {
  FString: member("string", "FString", xdrText, (n) => `string ${n}<>`, ""),
  FDevice: member("device", "FDevice", xdrText, (n) => `string ${n}<>`, ""),
  FBuffer: member("buffer", "FBuffer", varOpaque(GUESTFS_MESSAGE_MAX), (n) => `opaque ${n}<>`, new Uint8Array()),
  FInt32: member("int32", "FInt32", int32(), (n) => `int ${n}`, 0),
  FUInt32: member("uint32", "FUInt32", uint32(), (n) => `unsigned int ${n}`, 0),
  FInt64: member("int64", "FInt64", xdrInt64(), (n) => `int64_t ${n}`, 0n),
  FBytes: member("bytes", "FBytes", xdrInt64(), (n) => `int64_t ${n}`, 0n),
  FUInt64: member("uint64", "FUInt64", uint64(), (n) => `uint64_t ${n}`, 0n),
  /** One character; XDR has no one-byte integer, the code stands in the low byte of four. */
  FChar: member("char", "FChar", int32(), (n) => `char ${n}`, 0),
  /** LVM UUID without its dashes: 32 ASCII characters, no length word. */
  FUUID: member<string>("uuid", "FUUID", new FixedTextType(32), (n) => `opaque ${n}[32]`, ""),
  /** Percentage, -1 when not present. IEEE binary32. */
  FOptPercent: member("opt_percent", "FOptPercent", xdrFloat(), (n) => `float ${n}`, -1),
} as const;

export { array as xdrArray, xdrStruct };
