/**
 * native/tree/ through koffi: what is known of files below a directory, as bytes. Thin: see tree.c for what it does. The library is
 * loaded on first use, outside the guest.
 */
import koffi from "koffi";

import { fromSystem } from "../errors.ts";
import { SystemError } from "./errno.ts";
import { cString } from "./libc.ts";
import { present, textAt, type Address } from "./memory.ts";

export interface TreeRequest {
  /** Open directory, below which everything is looked up. */
  readonly root: number;
  /** Paths from there, with a slash in front. */
  readonly paths: readonly string[];
  /** Paths that are wanted with everything below them. */
  readonly trees: readonly string[];
  /** Only files, no directories, with one of these inode numbers; all, where it is empty. */
  readonly inodes: readonly bigint[];
  readonly digests: boolean;
  /** Largest regular file whose content is wanted, bytes; 0 for none. */
  readonly contents: bigint;
}

const TREE_LIBRARY = "/usr/lib/gild/tree.so";
const PIECE = 64 * 1024;
const ENOMEM = 12;

export interface TreeReader {
  /** Framed `gild_entry` structs; a piece is valid until the next one. @throws ActionError about the path that failed */
  read(request: TreeRequest): Iterable<Uint8Array>;
}

/** @param path of the library, which is loaded when it is first used */
export function createTreeReader(path = TREE_LIBRARY): TreeReader {
  let library: TreeReader | undefined;
  return { read: (request) => (library ??= load(path)).read(request) };
}

function load(path: string): TreeReader {
  const lib = koffi.load(path);
  const c: {
    readonly open: (root: number) => Address;
    readonly add: (tree: Address, path: Uint8Array, below: number) => number;
    readonly only: (tree: Address, numbers: Uint8Array, count: number) => number;
    readonly contents: (tree: Address, digests: number, bytes: bigint) => void;
    readonly read: (tree: Address, buffer: Uint8Array, size: number) => number | bigint;
    readonly place: (tree: Address) => Address;
    readonly close: (tree: Address) => void;
  } = {
    open: lib.func("uintptr_t tree_open(int root)"),
    add: lib.func("int tree_add(uintptr_t tree, const void *path, int below)"),
    only: lib.func("int tree_only(uintptr_t tree, const void *numbers, uint64_t count)"),
    contents: lib.func("void tree_contents(uintptr_t tree, int digests, uint64_t bytes)"),
    read: lib.func("int64_t tree_read(uintptr_t tree, void *buffer, uint64_t size)"),
    place: lib.func("uintptr_t tree_place(uintptr_t tree)"),
    close: lib.func("void tree_close(uintptr_t tree)"),
  };

  function ask(tree: Address, request: TreeRequest): void {
    for (const path of request.paths) enoughMemory(c.add(tree, cString(path), 0));
    for (const path of request.trees) enoughMemory(c.add(tree, cString(path), 1));
    const numbers = BigUint64Array.from(request.inodes);
    if (numbers.length > 0) enoughMemory(c.only(tree, new Uint8Array(numbers.buffer), request.inodes.length));
    c.contents(tree, request.digests ? 1 : 0, request.contents);
  }

  function* read(request: TreeRequest): Generator<Uint8Array> {
    const tree = present(c.open(request.root), "tree_open");
    try {
      ask(tree, request);
      const buffer = Buffer.allocUnsafeSlow(PIECE);
      for (;;) {
        const size = Number(c.read(tree, buffer, PIECE));
        if (size < 0) throw fromSystem(new SystemError(-size, "tree_read"), textAt(c.place(tree)) ?? "");
        if (size === 0) return;
        yield buffer.subarray(0, size);
      }
    } finally {
      c.close(tree);
    }
  }

  return { read };
}

function enoughMemory(result: number): void {
  if (result < 0) throw new SystemError(ENOMEM, "tree_add");
}
