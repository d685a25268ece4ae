/** Shell commands that are not actions: libguestfs's library-side functions, with guestfish's names. */
import type { GuestfsApi } from "../../engine/index.ts";
import { UsageError } from "./arguments.ts";

export interface LibraryCommand {
  /** Names of the arguments, all required. */
  readonly args: readonly string[];
  readonly summary: string;
  /** @param words one for each of `args` */
  readonly run: (g: GuestfsApi, words: readonly string[]) => Promise<unknown>;
}

const word = (words: readonly string[], index: number): string => words[index] ?? "";

function inodeOf(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new UsageError(`inode: want a number, got '${text}'`);
  return BigInt(text);
}

export const libraryCommands: Readonly<Record<string, LibraryCommand>> = {
  cat: {
    args: ["path"],
    summary: "print the content of a file",
    run: async (g, words) => g.cat({ path: word(words, 0) }),
  },
  read_lines: {
    args: ["path"],
    summary: "print the lines of a file",
    run: async (g, words) => g.read_lines({ path: word(words, 0) }),
  },
  write: {
    args: ["path", "content"],
    summary: "create a file with this content",
    run: async (g, words) => g.write({ path: word(words, 0), content: word(words, 1) }),
  },
  write_append: {
    args: ["path", "content"],
    summary: "append to a file",
    run: async (g, words) => g.write_append({ path: word(words, 0), content: word(words, 1) }),
  },
  ls: {
    args: ["directory"],
    summary: "list a directory",
    run: async (g, words) => g.ls({ directory: word(words, 0) }),
  },
  find: {
    args: ["directory"],
    summary: "list everything below a directory",
    run: async (g, words) => g.find({ directory: word(words, 0) }),
  },
  stat: {
    args: ["path"],
    summary: "file status",
    run: async (g, words) => g.stat({ path: word(words, 0) }),
  },
  lstat: {
    args: ["path"],
    summary: "file status of the link itself",
    run: async (g, words) => g.lstat({ path: word(words, 0) }),
  },
  journal_get: {
    args: [],
    summary: "fields of the entry of the journal",
    run: async (g) => g.journal_get(),
  },
  filesystem_walk: {
    args: ["device"],
    summary: "all names in a filesystem, deleted ones too",
    run: async (g, words) => g.filesystem_walk({ device: word(words, 0) }),
  },
  find_inode: {
    args: ["device", "inode"],
    summary: "names of an inode in a filesystem, deleted ones too",
    run: async (g, words) => g.find_inode({ device: word(words, 0), inode: inodeOf(word(words, 1)) }),
  },
  yara_scan: {
    args: ["path"],
    summary: "Yara rules that match a file",
    run: async (g, words) => g.yara_scan({ path: word(words, 0) }),
  },
};
