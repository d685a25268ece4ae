/**
 * libaugeas through koffi, by its own function names. Thin: results and errors are the C library's. Which root a call runs in
 * is actions/augeas.ts's matter: lenses are read by aug_init and __aug_load_module_file, files by aug_load and aug_save.
 */
import koffi from "koffi";

import { cString } from "./libc.ts";
import { addressesAt, free, textAt, type Address } from "./memory.ts";

/** Address of a `struct augeas`. */
export type Aug = bigint;
type Text = Uint8Array | null;

export const AUG_NO_STDINC = 1 << 3;
export const AUG_NO_LOAD = 1 << 5;
export const AUG_NO_MODL_AUTOLOAD = 1 << 6;
export const AUG_NO_ERR_CLOSE = 1 << 7;

export const AUG_NOERROR = 0;
export const AUG_ENOMEM = 1;

/** What aug_error() and its sisters say of the last call. */
export interface AugError {
  readonly code: number;
  /** Message, minor message and details, those there are, joined by ": ". */
  readonly text: string;
}

/** A value that was asked for: how many nodes match (0, 1, negative for an error), and the text, null for none. */
export interface AugValue {
  readonly status: number;
  readonly value: string | null;
}

export interface AugMatches {
  /** Number of matches, negative for an error. */
  readonly count: number;
  readonly paths: readonly string[];
}

export type AugeasLibrary = ReturnType<typeof loadAugeas>;

/** @throws Error when the appliance has no libaugeas */
export function loadAugeas() {
  const lib = koffi.load("libaugeas.so.0");
  const c: {
    readonly init: (root: Text, loadpath: Text, flags: number) => Address;
    readonly close: (aug: Aug) => void;
    readonly loadModule: (aug: Aug, file: Text) => number;
    readonly load: (aug: Aug) => number;
    readonly save: (aug: Aug) => number;
    readonly get: (aug: Aug, path: Text, value: BigUint64Array) => number;
    readonly label: (aug: Aug, path: Text, label: BigUint64Array) => number;
    readonly match: (aug: Aug, path: Text, matches: BigUint64Array) => number;
    readonly set: (aug: Aug, path: Text, value: Text) => number;
    readonly setm: (aug: Aug, base: Text, sub: Text, value: Text) => number;
    readonly insert: (aug: Aug, path: Text, label: Text, before: number) => number;
    readonly rm: (aug: Aug, path: Text) => number;
    readonly mv: (aug: Aug, source: Text, destination: Text) => number;
    readonly defvar: (aug: Aug, name: Text, expr: Text) => number;
    readonly defnode: (aug: Aug, name: Text, expr: Text, value: Text, created: Int32Array) => number;
    readonly transform: (aug: Aug, lens: Text, file: Text, exclude: number) => number;
    readonly textStore: (aug: Aug, lens: Text, node: Text, path: Text) => number;
    readonly textRetrieve: (aug: Aug, lens: Text, nodeIn: Text, path: Text, nodeOut: Text) => number;
    readonly error: (aug: Aug) => number;
    readonly message: (aug: Aug) => Address;
    readonly minor: (aug: Aug) => Address;
    readonly details: (aug: Aug) => Address;
  } = {
    init: lib.func("uintptr_t aug_init(const void *root, const void *loadpath, unsigned int flags)"),
    close: lib.func("void aug_close(uintptr_t aug)"),
    loadModule: lib.func("int __aug_load_module_file(uintptr_t aug, const void *file)"),
    load: lib.func("int aug_load(uintptr_t aug)"),
    save: lib.func("int aug_save(uintptr_t aug)"),
    get: lib.func("int aug_get(uintptr_t aug, const void *path, void *value)"),
    label: lib.func("int aug_label(uintptr_t aug, const void *path, void *label)"),
    match: lib.func("int aug_match(uintptr_t aug, const void *path, void *matches)"),
    set: lib.func("int aug_set(uintptr_t aug, const void *path, const void *value)"),
    setm: lib.func("int aug_setm(uintptr_t aug, const void *base, const void *sub, const void *value)"),
    insert: lib.func("int aug_insert(uintptr_t aug, const void *path, const void *label, int before)"),
    rm: lib.func("int aug_rm(uintptr_t aug, const void *path)"),
    mv: lib.func("int aug_mv(uintptr_t aug, const void *source, const void *destination)"),
    defvar: lib.func("int aug_defvar(uintptr_t aug, const void *name, const void *expr)"),
    defnode: lib.func(
      "int aug_defnode(uintptr_t aug, const void *name, const void *expr, const void *value, void *created)",
    ),
    transform: lib.func("int aug_transform(uintptr_t aug, const void *lens, const void *file, int exclude)"),
    textStore: lib.func("int aug_text_store(uintptr_t aug, const void *lens, const void *node, const void *path)"),
    textRetrieve: lib.func(
      "int aug_text_retrieve(uintptr_t aug, const void *lens, const void *in, const void *path, const void *out)",
    ),
    error: lib.func("int aug_error(uintptr_t aug)"),
    message: lib.func("uintptr_t aug_error_message(uintptr_t aug)"),
    minor: lib.func("uintptr_t aug_error_minor_message(uintptr_t aug)"),
    details: lib.func("uintptr_t aug_error_details(uintptr_t aug)"),
  };

  function valueOf(call: (out: BigUint64Array) => number): AugValue {
    const out = new BigUint64Array(1);
    const status = call(out);
    return { status, value: status === 1 ? textAt(out[0] ?? 0n) : null };
  }

  const orNull = (text: string | null): Text => (text === null ? null : cString(text));

  return {
    /** Null when there is not even memory for a handle. */
    aug_init(root: string, loadpath: string | null, flags: number): Aug | null {
      const aug = BigInt(c.init(cString(root), orNull(loadpath), flags));
      return aug === 0n ? null : aug;
    },

    aug_close: (aug: Aug): void => c.close(aug),
    __aug_load_module_file: (aug: Aug, file: string): number => c.loadModule(aug, cString(file)),
    aug_load: (aug: Aug): number => c.load(aug),
    aug_save: (aug: Aug): number => c.save(aug),
    aug_get: (aug: Aug, path: string): AugValue => valueOf((out) => c.get(aug, cString(path), out)),
    aug_label: (aug: Aug, path: string): AugValue => valueOf((out) => c.label(aug, cString(path), out)),

    aug_match(aug: Aug, path: string): AugMatches {
      const out = new BigUint64Array(1);
      const count = c.match(aug, cString(path), out);
      const array = out[0] ?? 0n;
      if (count < 0 || array === 0n) return { count, paths: [] };
      const paths = addressesAt(array, count).map((address) => {
        const path = textAt(address) ?? "";
        free(address);
        return path;
      });
      free(array);
      return { count, paths };
    },

    aug_set: (aug: Aug, path: string, value: string | null): number => c.set(aug, cString(path), orNull(value)),
    aug_setm: (aug: Aug, base: string, sub: string | null, value: string): number =>
      c.setm(aug, cString(base), orNull(sub), cString(value)),
    aug_insert: (aug: Aug, path: string, label: string, before: boolean): number =>
      c.insert(aug, cString(path), cString(label), before ? 1 : 0),
    aug_rm: (aug: Aug, path: string): number => c.rm(aug, cString(path)),
    aug_mv: (aug: Aug, source: string, destination: string): number => c.mv(aug, cString(source), cString(destination)),
    aug_defvar: (aug: Aug, name: string, expr: string | null): number => c.defvar(aug, cString(name), orNull(expr)),

    aug_defnode(aug: Aug, name: string, expr: string, value: string): { nodes: number; created: boolean } {
      const created = new Int32Array(1);
      const nodes = c.defnode(aug, cString(name), cString(expr), cString(value), created);
      return { nodes, created: created[0] !== 0 };
    },

    aug_transform: (aug: Aug, lens: string, file: string, exclude: boolean): number =>
      c.transform(aug, cString(lens), cString(file), exclude ? 1 : 0),

    aug_text_store: (aug: Aug, lens: string, node: string, path: string): number =>
      c.textStore(aug, cString(lens), cString(node), cString(path)),
    aug_text_retrieve: (aug: Aug, lens: string, nodeIn: string, path: string, nodeOut: string): number =>
      c.textRetrieve(aug, cString(lens), cString(nodeIn), cString(path), cString(nodeOut)),

    aug_error(aug: Aug): AugError {
      const parts = [c.message(aug), c.minor(aug), c.details(aug)].map((address) => textAt(address) ?? "");
      return { code: c.error(aug), text: parts.filter((part) => part !== "").join(": ") };
    },
  };
}
