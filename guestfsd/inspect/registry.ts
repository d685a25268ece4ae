/**
 * Reading a hive of the Windows registry that inspection found in a guest. It is damaged or hostile as often as not: what is
 * missing or of another type is undefined. Changes nothing. The hivex actions have a handle of their own.
 */
import { closeSync } from "node:fs";

import { errnoCode } from "../errors.ts";
import { openFile } from "../file-reader.ts";
import { HIVEX_OPEN_UNSAFE, loadHivex, type Hive, type HivexLibrary } from "../native/hivex.ts";
import type { GuestFiles } from "./guest-files.ts";

export interface RegistryValue {
  readonly name: string;
  readonly data: Uint8Array;
}

/** A key of the registry. */
export interface RegistryKey {
  /** A key below it, by the names on the way. */
  key(...names: readonly string[]): RegistryKey | undefined;
  readonly childCount: number;
  text(name: string): string | undefined;
  /** REG_DWORD. */
  number(name: string): number | undefined;
  values(): readonly RegistryValue[];
}

const REG_DWORD = 4;
/** libhivex's "no such node". */
const NONE = 0n;
/** More values than any honest key has. */
const VALUES_MAX = 1024;

/** Opens the hive for the time of `read`. @returns undefined when it cannot be opened */
export function withHive<T>(files: GuestFiles, path: string, read: (root: RegistryKey) => T): T | undefined {
  return attempt(() => {
    const lib = loadHivex();
    const fd = openFile(files.sysroot, path);
    let h: Hive;
    try {
      h = lib.hivex_open(`/proc/self/fd/${fd}`, HIVEX_OPEN_UNSAFE);
    } finally {
      closeSync(fd);
    }
    try {
      return read(new Key(lib, h, lib.hivex_root(h)));
    } finally {
      lib.hivex_close(h);
    }
  });
}

class Key implements RegistryKey {
  readonly #lib: HivexLibrary;
  readonly #h: Hive;
  readonly #node: bigint;

  constructor(lib: HivexLibrary, h: Hive, node: bigint) {
    this.#lib = lib;
    this.#h = h;
    this.#node = node;
  }

  get childCount(): number {
    return attempt(() => this.#lib.hivex_node_children(this.#h, this.#node).length) ?? 0;
  }

  key(...names: readonly string[]): RegistryKey | undefined {
    let node = this.#node;
    for (const name of names) {
      node = attempt(() => this.#lib.hivex_node_get_child(this.#h, node, name)) ?? NONE;
      if (node === NONE) return undefined;
    }
    return new Key(this.#lib, this.#h, node);
  }

  text(name: string): string | undefined {
    return this.#value(name, (value) => this.#lib.hivex_value_string(this.#h, value)) || undefined;
  }

  number(name: string): number | undefined {
    return this.#value(name, (value) => {
      const bytes = this.#lib.hivex_value_value(this.#h, value);
      if (this.#lib.hivex_value_type(this.#h, value) !== REG_DWORD || bytes.length < 4) return undefined;
      return Buffer.from(bytes).readUInt32LE(0);
    });
  }

  values(): readonly RegistryValue[] {
    const handles = attempt(() => this.#lib.hivex_node_values(this.#h, this.#node)) ?? [];
    return handles.slice(0, VALUES_MAX).flatMap((value) => {
      const found = attempt(() => ({
        name: this.#lib.hivex_value_key(this.#h, value),
        data: this.#lib.hivex_value_value(this.#h, value),
      }));
      return found ?? [];
    });
  }

  #value<T>(name: string, read: (value: bigint) => T | undefined): T | undefined {
    return attempt(() => {
      const value = this.#lib.hivex_node_get_value(this.#h, this.#node, name);
      return value === NONE ? undefined : read(value);
    });
  }
}

function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (errnoCode(error) === undefined) throw error;
    return undefined;
  }
}
