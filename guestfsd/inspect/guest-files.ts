/**
 * A mounted guest's files as inspection sees them: what kind of file is there, and short texts. Never an error: what is
 * missing, too large, or no plain file is not there, for the guest's author may have made it so on purpose.
 */
import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";

import { textFromBytes } from "../../schemas/index.ts";
import type { Sysroot } from "../context.ts";
import { errnoCode } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";
import { openFile, pieces } from "../file-reader.ts";

const TEXT_MAX = 1 << 20;
/** Names, versions and the like are shown to people: longer ones are no honest ones. */
const LINE_MAX = 512;
/** Most of what is asked for is not there; an error made for each would be most of the time. */
const MISSING_IS_NONE = { throwIfNoEntry: false } as const;

export class GuestFiles {
  readonly sysroot: Sysroot;

  constructor(sysroot: Sysroot) {
    this.sysroot = sysroot;
  }

  /** For many questions: the way into the guest is gone once. Starts no programs in `body`. */
  together<T>(body: () => T): T {
    return this.sysroot.inside(body);
  }

  /** Whether a regular file is there; symbolic links are followed inside the guest. */
  isFile(path: string): boolean {
    return this.#look(() => statSync(fsPath(path), MISSING_IS_NONE)?.isFile()) ?? false;
  }

  isDirectory(path: string): boolean {
    return this.#look(() => statSync(fsPath(path), MISSING_IS_NONE)?.isDirectory()) ?? false;
  }

  /** Whether anything has this name, a link that leads nowhere too. */
  exists(path: string): boolean {
    return this.#look(() => lstatSync(fsPath(path), MISSING_IS_NONE)) !== undefined;
  }

  /** Target of a symbolic link. */
  linkTarget(path: string): string | undefined {
    return this.#look(() => textFromBytes(readlinkSync(fsPath(path), { encoding: "buffer" })));
  }

  /** Names in a directory, sorted; empty where there is none. */
  names(path: string): readonly string[] {
    const names = this.#look(() => readdirSync(fsPath(path), { encoding: "buffer" })) ?? [];
    return names.map(textFromBytes).sort();
  }

  /** Content of a file. @param limit bytes; a longer file counts as missing */
  bytes(path: string, limit = TEXT_MAX): Buffer | undefined {
    const fd = this.#attempt(() => openFile(this.sysroot, path));
    if (fd === undefined) return undefined;
    const read: Buffer[] = [];
    let size = 0;
    return this.#attempt(() => {
      for (const piece of pieces(fd)) {
        size += piece.length;
        if (size > limit) return undefined;
        read.push(Buffer.from(piece));
      }
      return Buffer.concat(read);
    });
  }

  text(path: string, limit?: number): string | undefined {
    const bytes = this.bytes(path, limit);
    return bytes === undefined ? undefined : textFromBytes(bytes);
  }

  /** Lines of a text file without their ends, cut at 512 characters; empty where there is none. */
  lines(path: string): readonly string[] {
    const lines = (this.text(path) ?? "").split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    return lines.map((line) => line.slice(0, LINE_MAX));
  }

  /** First line, undefined when the file is missing or empty. */
  firstLine(path: string): string | undefined {
    return this.lines(path)[0];
  }

  /** The path as it is spelled in the guest, found without regard to case; undefined when nothing is there. */
  caseless(path: string): string | undefined {
    let found = "/";
    for (const wanted of path.split("/").filter((part) => part !== "")) {
      const names = this.names(found);
      const name = names.includes(wanted) ? wanted : names.find((one) => one.toLowerCase() === wanted.toLowerCase());
      if (name === undefined) return undefined;
      found = join(found, name);
    }
    return found;
  }

  #look<T>(body: () => T): T | undefined {
    return this.#attempt(() => this.sysroot.inside(body));
  }

  #attempt<T>(body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      if (errnoCode(error) === undefined) throw error;
      return undefined;
    }
  }
}
