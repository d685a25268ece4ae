/**
 * What a crash may leave of files: a recorder of every change made through HostFiles, and the disks that are possible after
 * the first n of them. Nothing counts before its sync: of the changes since, any may be on the disk and any not, in any
 * order, and one of them in part. A rename is there or not, never half.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { HostFiles, OpenFile } from "../../engine/host-files.ts";

type Ino = number;

type DataOp =
  | { readonly kind: "write"; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: "zero"; readonly position: number; readonly length: number }
  | { readonly kind: "truncate"; readonly size: number }
  /** The whole content of another file, as it was then. */
  | { readonly kind: "content"; readonly bytes: Uint8Array };

/** A name that is given to a file, and one that is taken away, at once. */
interface NameOp {
  readonly set?: readonly [name: string, file: Ino];
  readonly unset?: string;
}

export type Op =
  | { readonly on: "data"; readonly file: Ino; readonly op: DataOp }
  | { readonly on: "names"; readonly folder: string; readonly op: NameOp }
  | { readonly on: "sync-file"; readonly file: Ino }
  | { readonly on: "sync-folder"; readonly folder: string };

/** A change that is not on the disk for sure. */
type Pending = Extract<Op, { readonly on: "data" | "names" }>;

export interface CrashedFile {
  readonly path: string;
  readonly file: Ino;
  readonly content: Buffer;
  /** Nothing was done to its content. */
  readonly untouched: boolean;
}

/** How one change fares: it is on the disk, it is not, or half of its bytes are. */
type Fate = "kept" | "lost" | "torn";

export class Recording {
  readonly ops: Op[] = [];
  /** Words for each operation, for messages. */
  readonly words: string[] = [];
  readonly #names = new Map<string, Ino>();
  readonly #initial = new Map<Ino, Buffer>();
  #next = 1;

  /** Takes the files of these folders as they are. @param unsynced those whose content and name are not on the disk yet */
  constructor(folders: readonly string[], unsynced: (path: string) => boolean = () => false) {
    for (const folder of folders) {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        const file = this.#add(path);
        const bytes = readFileSync(path);
        if (unsynced(path)) {
          this.ops.push({ on: "names", folder, op: { set: [name, file] } });
          this.ops.push({ on: "data", file, op: { kind: "content", bytes } });
          this.words.push(`create ${name}`, `fill ${name}`);
        } else {
          this.#initial.set(file, bytes);
          this.#durable.set(path, file);
        }
      }
    }
    this.start = this.ops.length;
  }

  readonly #durable = new Map<string, Ino>();
  /** The first operations are the files that were there. */
  readonly start: number;

  /** The number by which crashed files name the one that has this path now. */
  fileAt(path: string): Ino | undefined {
    return this.#names.get(path);
  }

  /** The same functions, recorded. Syncs are recorded and not done: only the model needs them. */
  wrap(real: HostFiles): HostFiles {
    return {
      openFile: async (path) => this.#open(await real.openFile(path), path),
      createFile: async (path) => {
        const opened = await real.createFile(path);
        this.#set(path, this.#add(path), `create ${basename(path)}`);
        return this.#open(opened, path);
      },
      clone: async (from, to) => {
        if (!(await real.clone(from, to))) return false;
        const file = this.#add(to);
        this.#set(to, file, `clone to ${basename(to)}`);
        this.#data(file, { kind: "content", bytes: readFileSync(to) }, `clone content of ${basename(to)}`);
        return true;
      },
      rename: async (from, to) => {
        await real.rename(from, to);
        const file = this.#names.get(from) ?? 0;
        this.#names.delete(from);
        this.#names.set(to, file);
        const op = { set: [basename(to), file] as const, unset: basename(from) };
        this.#push({ on: "names", folder: dirname(to), op }, `rename ${basename(from)} to ${basename(to)}`);
      },
      remove: async (path) => {
        if (!this.#names.has(path)) return;
        await real.remove(path);
        this.#names.delete(path);
        this.#push({ on: "names", folder: dirname(path), op: { unset: basename(path) } }, `remove ${basename(path)}`);
      },
      syncFolder: async (path) => {
        this.#push({ on: "sync-folder", folder: path }, "sync folder");
      },
    };
  }

  /** What is on the disk when the first `count` operations were done. @param fate of the n-th change that was not synced */
  crash(count: number, fate: (index: number) => Fate): CrashedFile[] {
    const contents = new Map([...this.#initial].map(([file, bytes]) => [file, { bytes, untouched: true }]));
    const names = new Map(this.#durable);
    for (const [op, what] of this.#onDisk(count, fate)) {
      if (op.on === "names") applyName(names, op.folder, op.op);
      else contents.set(op.file, { bytes: applyData(contents.get(op.file)?.bytes, op.op, what), untouched: false });
    }
    return [...names].map(([path, file]) => {
      const { bytes, untouched } = contents.get(file) ?? { bytes: Buffer.alloc(0), untouched: false };
      return { path, file, content: bytes, untouched };
    });
  }

  /** How many changes are not synced after the first `count` operations. */
  pending(count: number): number {
    return this.ops.slice(0, count).filter((op, at) => isChange(op) && !this.#isSynced(op, at, count)).length;
  }

  *#onDisk(count: number, fate: (index: number) => Fate): Generator<readonly [Pending, Fate]> {
    let index = 0;
    for (const [at, op] of this.ops.slice(0, count).entries()) {
      if (!isChange(op)) continue;
      const what = this.#isSynced(op, at, count) ? "kept" : fate(index++);
      if (what !== "lost") yield [op, what];
    }
  }

  #isSynced(op: Pending, at: number, count: number): boolean {
    return this.ops
      .slice(at, count)
      .some((later) =>
        op.on === "data"
          ? later.on === "sync-file" && later.file === op.file
          : later.on === "sync-folder" && later.folder === op.folder,
      );
  }

  #open(real: OpenFile, path: string): OpenFile {
    const file = this.#names.get(path) ?? 0;
    const name = basename(path);
    return {
      write: async (position, bytes) => {
        await real.write(position, bytes);
        this.#data(file, { kind: "write", position, bytes }, `write ${bytes.length} at ${position} of ${name}`);
      },
      zero: async (position, length) => {
        await real.zero(position, length);
        this.#data(file, { kind: "zero", position, length }, `zero ${length} at ${position} of ${name}`);
      },
      truncate: async (size) => {
        await real.truncate(size);
        this.#data(file, { kind: "truncate", size }, `truncate ${name} to ${size}`);
      },
      sync: async () => {
        this.#push({ on: "sync-file", file }, `sync ${name}`);
      },
      close: async () => await real.close(),
    };
  }

  #add(path: string): Ino {
    const file = this.#next++;
    this.#names.set(path, file);
    return file;
  }

  #set(path: string, file: Ino, words: string): void {
    this.#push({ on: "names", folder: dirname(path), op: { set: [basename(path), file] } }, words);
  }

  #data(file: Ino, op: DataOp, words: string): void {
    this.#push({ on: "data", file, op }, words);
  }

  #push(op: Op, words: string): void {
    this.ops.push(op);
    this.words.push(words);
  }
}

/** Up to so many changes, every subset of them is tried. */
const ALL_SUBSETS_MAX = 7;

/**
 * Fates to try for `pending` changes: every subset lost, where they are few; else all, none, one, the later half, all but one, and some
 * at random. Besides, one torn.
 */
export function* fates(pending: number, random: () => number): Generator<(index: number) => Fate> {
  yield () => "kept";
  for (let chosen = 0; chosen < pending; chosen += 1) yield (index) => (index === chosen ? "torn" : "kept");
  if (pending <= ALL_SUBSETS_MAX) {
    for (let lost = 1; lost < 2 ** pending; lost += 1) yield (index) => ((lost >> index) % 2 === 1 ? "lost" : "kept");
    return;
  }
  yield () => "lost";
  for (let chosen = 0; chosen < pending; chosen += 1) {
    yield (index) => (index === chosen ? "lost" : "kept");
    yield (index) => (index === chosen ? "kept" : "lost");
  }
  yield (index) => (index < pending / 2 ? "lost" : "kept");
  for (let round = 0; round < 2; round += 1) {
    const drawn = Array.from({ length: pending }, (): Fate => (random() < 0.5 ? "lost" : "kept"));
    yield (index) => drawn[index] ?? "lost";
  }
}

function isChange(op: Op): op is Pending {
  return op.on === "data" || op.on === "names";
}

function applyName(names: Map<string, Ino>, folder: string, { set, unset }: NameOp): void {
  if (unset !== undefined) names.delete(join(folder, unset));
  if (set !== undefined) names.set(join(folder, set[0]), set[1]);
}

function applyData(before: Buffer = Buffer.alloc(0), op: DataOp, fate: Fate): Buffer {
  const half = (length: number): number => (fate === "torn" ? length >> 1 : length);
  if (op.kind === "content") return Buffer.from(op.bytes.subarray(0, half(op.bytes.length)));
  if (op.kind === "truncate") return resized(before, op.size);
  const length = half(op.kind === "write" ? op.bytes.length : op.length);
  const after = resized(before, Math.max(before.length, op.position + length));
  if (op.kind === "write") after.set(op.bytes.subarray(0, length), op.position);
  else after.fill(0, op.position, op.position + length);
  return after;
}

function resized(bytes: Buffer, size: number): Buffer {
  const after = Buffer.alloc(size);
  after.set(bytes.subarray(0, size));
  return after;
}
