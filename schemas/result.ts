/** What actions give back (upstream RErr, RString, ...): a Field, or nothing. Built from the kinds of field.ts. */
import { array, type XdrType } from "@stellar/js-xdr";

import { bool, buffer, int, int64, string, stringList, xdrText, type Field } from "./field.ts";
import type { StructField } from "./structs.ts";

/** RErr: success or an error, no value. */
export interface NoResult {
  readonly kind: "none";
}

export type AnyResult = NoResult | Field<unknown>;
export type ResultValue<R> = R extends Field<infer T> ? T : undefined;

/** Name/value pairs in the order the daemon gave them; on the wire a string list: key, value, key, value. */
export type Hashtable = readonly (readonly [key: string, value: string])[];

const LIST_MAX = 1 << 20;

export const none = (): NoResult => ({ kind: "none" });
export const rInt = (name: string): Field<number> => named("RInt", name, int(""));
export const rInt64 = (name: string): Field<bigint> => named("RInt64", name, int64(""));
export const rBool = (name: string): Field<boolean> => named("RBool", name, bool(""));
/** RString; `of` RDevice and RMountable go through reverse device name translation. */
export const rString = (name: string, of: ResultFlavour = "RPlainString"): Field<string> =>
  named("RString", name, string(""), of);
export const rStringList = (name: string, of: ResultFlavour = "RPlainString"): Field<readonly string[]> =>
  named("RStringList", name, stringList(""), of);
export const rBuffer = (name: string): Field<Uint8Array> => named("RBufferOut", name, buffer(""));

export type ResultFlavour = "RPlainString" | "RDevice" | "RMountable";

export function rHashtable(name: string, key: ResultFlavour, value: ResultFlavour): Field<Hashtable> {
  const flat: XdrType<string[]> = array(xdrText, LIST_MAX);
  return {
    ...named("RHashtable", name, stringList("")),
    upstream: { type: "RHashtable", of: `${key},${value}` },
    xdr: mapped(flat, pairUp, (pairs: Hashtable) => pairs.flat()),
    fromRecipe: () => [],
    filler: [],
  };
}

export function rStruct<T>(name: string, struct: StructField<T>): Field<T> {
  return { ...struct, doc: name, upstream: { type: "RStruct", of: struct.structName } };
}

export function rStructList<T>(name: string, struct: StructField<T>): Field<readonly T[]> {
  const xdr: XdrType<readonly T[]> = array(struct.xdr, LIST_MAX);
  return {
    kind: "struct_list",
    doc: name,
    upstream: { type: "RStructList", of: struct.structName },
    xdr,
    declare: (field) => `guestfs_int_${struct.structName} ${field}<>`,
    json: {},
    fromRecipe: () => [],
    filler: [],
  };
}

function named<T>(type: string, name: string, field: Field<T>, of?: string): Field<T> {
  return { ...field, doc: name, upstream: of === undefined ? { type } : { type, of } };
}

function pairUp(flat: readonly string[]): Hashtable {
  if (flat.length % 2 !== 0) throw new TypeError(`hash table with ${flat.length} strings`);
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? "", flat[i + 1] ?? ""]);
  return pairs;
}

/** An XdrType seen through a pair of functions. */
function mapped<A, B>(inner: XdrType<A>, to: (value: A) => B, from: (value: B) => A): XdrType<B> {
  return {
    name: inner.name,
    kind: inner.kind,
    encode: (value, options) => inner.encode(from(value), options),
    decode: (input, options) => to(inner.decode(input, options)),
    validateXdr: (input, options) => inner.validateXdr(input, options),
    validate: (value): value is B => Array.isArray(value),
    _read: (reader, path) => to(inner._read(reader, path)),
    _write: (value, writer, path) => {
      inner._write(from(value), writer, path);
    },
  };
}
