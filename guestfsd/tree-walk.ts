/**
 * Walks a tree of the guest, one directory at a step, so that a caller can send what it has before it goes on. Parents come
 * before what is in them; links are not followed. Each step runs inside the guest; nothing is open between two steps.
 */
import { readdirSync, type Dirent } from "node:fs";

import { bytesFromText } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { errnoCode } from "./errors.ts";
import { openHere } from "./file-reader.ts";

export interface WalkEntry {
  /** Relative to where the walk began. */
  readonly path: Buffer;
  readonly kind: "directory" | "file" | "other";
}

const SLASH = Buffer.from("/");

export class TreeWalk {
  readonly #sysroot: Sysroot;
  readonly #top: Buffer;
  /** Directories still to be read, relative. The empty path is the top. */
  readonly #waiting: Buffer[] = [Buffer.alloc(0)];

  constructor(sysroot: Sysroot, top: string) {
    this.#sysroot = sysroot;
    this.#top = Buffer.concat([bytesFromText(top), SLASH]);
  }

  /** Whether all directories have been read. */
  get done(): boolean {
    return this.#waiting.length === 0;
  }

  /** The entries of the next directory. */
  next(): WalkEntry[] {
    const directory = this.#waiting.pop();
    if (directory === undefined) return [];
    const prefix = directory.length === 0 ? directory : Buffer.concat([directory, SLASH]);
    const entries = this.#read(directory).map((entry): WalkEntry => {
      const path = prefix.length === 0 ? entry.name : Buffer.concat([prefix, entry.name]);
      if (entry.isDirectory()) return { path, kind: "directory" };
      return { path, kind: entry.isFile() ? "file" : "other" };
    });
    // Read in the order of the listing: the last one pushed is the next one popped.
    for (const entry of entries.toReversed()) if (entry.kind === "directory") this.#waiting.push(entry.path);
    return entries;
  }

  /** Nothing for what a listing calls a directory and is none: on vfat listings are old for a while after two names were exchanged. */
  #read(directory: Buffer): Dirent<Buffer>[] {
    const path = Buffer.concat([this.#top, directory]);
    try {
      return this.#sysroot.inside(() => readdirSync(path, { withFileTypes: true, encoding: "buffer" }));
    } catch (error) {
      if (errnoCode(error) === "ENOTDIR" && directory.length > 0) return [];
      throw error;
    }
  }

  /** Opens a regular file that the walk met, for reading. */
  open(path: Buffer): number {
    return this.#sysroot.inside(() => openHere(Buffer.concat([this.#top, path])));
  }
}
