/**
 * libhivex through koffi, by its own function names. Thin: every failed function throws SystemError with the errno that
 * libhivex sets. Which file a path means is actions/hivex.ts's matter.
 */
import koffi from "koffi";

import { checked, lastErrno, SystemError } from "./errno.ts";
import { cString } from "./libc.ts";
import { bytesAt, free, present, textAt, type Address } from "./memory.ts";

/** Address of a `hive_h`. */
export type Hive = Address;

export const HIVEX_OPEN_VERBOSE = 1;
export const HIVEX_OPEN_DEBUG = 2;
export const HIVEX_OPEN_WRITE = 4;
export const HIVEX_OPEN_UNSAFE = 8;

export interface HiveSetValue {
  readonly key: string;
  /** Type of the data, unsigned 32 bits. */
  readonly t: number;
  readonly value: Uint8Array;
}

export type HivexLibrary = ReturnType<typeof loadHivex>;

const SIZE_T_BITS = 64;
/** No node or value has this handle. */
const NONE = 0n;
const setValue = koffi.struct("gild_hive_set_value", {
  key: "const void *",
  t: "uint32_t",
  len: "size_t",
  value: "const void *",
});

type OfHandle<R> = (h: Hive, handle: bigint) => R;

/** Nodes and values are their handles, as libhivex gives them. @throws Error when the appliance has no libhivex */
export function loadHivex() {
  const lib = koffi.load("libhivex.so.0");
  const c: {
    readonly open: (path: Uint8Array, flags: number) => Address;
    readonly close: (h: Hive) => number;
    readonly commit: (h: Hive, path: Uint8Array, flags: number) => number;
    readonly root: (h: Hive) => Address;
    readonly getChild: (h: Hive, node: bigint, name: Uint8Array) => Address;
    readonly getValue: (h: Hive, node: bigint, key: Uint8Array) => Address;
    readonly addChild: (h: Hive, parent: bigint, name: Uint8Array) => Address;
    readonly deleteChild: OfHandle<number>;
    readonly setValue: (h: Hive, node: bigint, value: object, flags: number) => number;
    readonly type: (h: Hive, value: bigint, type: Uint32Array, length: null) => number;
    readonly value: (h: Hive, value: bigint, type: null, length: BigUint64Array) => Address;
  } = {
    open: lib.func("uintptr_t hivex_open(const void *path, int flags)"),
    close: lib.func("int hivex_close(uintptr_t h)"),
    commit: lib.func("int hivex_commit(uintptr_t h, const void *path, int flags)"),
    root: lib.func("size_t hivex_root(uintptr_t h)"),
    getChild: lib.func("size_t hivex_node_get_child(uintptr_t h, size_t node, const void *name)"),
    getValue: lib.func("size_t hivex_node_get_value(uintptr_t h, size_t node, const void *key)"),
    addChild: lib.func("size_t hivex_node_add_child(uintptr_t h, size_t parent, const void *name)"),
    deleteChild: lib.func("int hivex_node_delete_child(uintptr_t h, size_t node)"),
    setValue: lib.func("hivex_node_set_value", "int", ["uintptr_t", "size_t", koffi.pointer(setValue), "int"]),
    type: lib.func("int hivex_value_type(uintptr_t h, size_t value, void *type, void *length)"),
    value: lib.func("uintptr_t hivex_value_value(uintptr_t h, size_t value, void *type, void *length)"),
  };
  /** A function that gives an address or a handle for a node or value. */
  const ofHandle = (name: string): OfHandle<Address> => lib.func(`size_t ${name}(uintptr_t h, size_t handle)`);

  function text(name: string): OfHandle<string> {
    const call = ofHandle(name);
    return (h, handle) => {
      const address = present(call(h, unsigned(handle)), name);
      const found = textAt(address) ?? "";
      free(address);
      return found;
    };
  }

  /** An array of handles that ends with 0. */
  function handles(name: string): OfHandle<bigint[]> {
    const call = ofHandle(name);
    return (h, handle) => {
      const array = present(call(h, unsigned(handle)), name);
      const found: bigint[] = [];
      for (let at = BigInt(array); ; at += 8n) {
        const next = new DataView(bytesAt(at, 8).buffer).getBigUint64(0, true);
        if (next === NONE) break;
        found.push(next);
      }
      free(array);
      return found;
    };
  }

  const parent = ofHandle("hivex_node_parent");

  return {
    hivex_open: (path: string, flags: number): Hive => present(c.open(cString(path), flags), "hivex_open"),

    hivex_close(h: Hive): void {
      c.close(h);
    },

    hivex_commit: (h: Hive, path: string): void => succeeded(c.commit(h, cString(path), 0), "hivex_commit"),

    hivex_root: (h: Hive): bigint => BigInt(present(c.root(h), "hivex_root")),
    hivex_node_name: text("hivex_node_name"),
    hivex_node_children: handles("hivex_node_children"),
    hivex_node_values: handles("hivex_node_values"),
    hivex_node_parent: (h: Hive, node: bigint): bigint =>
      BigInt(present(parent(h, unsigned(node)), "hivex_node_parent")),

    /** 0 when there is none of this name. */
    hivex_node_get_child: (h: Hive, node: bigint, name: string): bigint =>
      sought(() => c.getChild(h, unsigned(node), cString(name)), "hivex_node_get_child"),

    /** 0 when there is none of this name. */
    hivex_node_get_value: (h: Hive, node: bigint, key: string): bigint =>
      sought(() => c.getValue(h, unsigned(node), cString(key)), "hivex_node_get_value"),

    hivex_node_add_child: (h: Hive, node: bigint, name: string): bigint =>
      BigInt(present(c.addChild(h, unsigned(node), cString(name)), "hivex_node_add_child")),

    hivex_node_delete_child: (h: Hive, node: bigint): void =>
      succeeded(c.deleteChild(h, unsigned(node)), "hivex_node_delete_child"),

    hivex_node_set_value(h: Hive, node: bigint, { key, t, value }: HiveSetValue): void {
      const given = { key: cString(key), t, len: value.length, value };
      succeeded(c.setValue(h, unsigned(node), given, 0), "hivex_node_set_value");
    },

    hivex_value_key: text("hivex_value_key"),
    hivex_value_string: text("hivex_value_string"),

    hivex_value_type(h: Hive, value: bigint): number {
      const type = new Uint32Array(1);
      succeeded(c.type(h, unsigned(value), type, null), "hivex_value_type");
      return type[0] ?? 0;
    },

    hivex_value_value(h: Hive, value: bigint): Uint8Array {
      const length = new BigUint64Array(1);
      const address = present(c.value(h, unsigned(value), null, length), "hivex_value_value");
      const bytes = bytesAt(address, Number(length[0]));
      free(address);
      return bytes;
    },
  };
}

/** Handles are size_t; what comes over the wire is signed. */
const unsigned = (handle: bigint): bigint => BigInt.asUintN(SIZE_T_BITS, handle);

/** A search that gives 0 for "none" and for an error, which sets errno. */
function sought(search: () => Address, syscall: string): bigint {
  koffi.errno(0);
  const found = BigInt(search());
  const errno = lastErrno();
  if (found === NONE && errno !== 0) throw new SystemError(errno, syscall);
  return found;
}

function succeeded(result: number, syscall: string): void {
  checked(result, syscall);
}
