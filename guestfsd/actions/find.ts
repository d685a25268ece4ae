/** Daemon side of schemas/actions/find.ts. */
import { lstatSync, readdirSync, statSync, type BigIntStats } from "node:fs";

import { structs, textFromBytes, type families, type HandlersOf, type StructOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, failure } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";
import { TreeWalk } from "../tree-walk.ts";

type Dirent = StructOf<"dirent">;

const END_OF_NAME = Buffer.from([0]);
/** Bytes to gather before they are sent on. */
const PIECE = 64 * 1024;

export const find = {
  *find0({ directory }, { sysroot }) {
    requireDirectory(sysroot, directory);
    const walk = new TreeWalk(sysroot, directory);
    let names: Buffer[] = [];
    let size = 0;
    while (!walk.done) {
      for (const { path } of about(directory, () => walk.next())) {
        names.push(path, END_OF_NAME);
        size += path.length + 1;
      }
      if (size < PIECE) continue;
      yield Buffer.concat(names, size);
      names = [];
      size = 0;
    }
    yield Buffer.concat(names, size);
  },

  *ls0({ dir }, { sysroot }) {
    const names = about(dir, () => sysroot.inside(() => readdirSync(fsPath(dir), { encoding: "buffer" })));
    names.sort((a, b) => Buffer.compare(a, b));
    yield Buffer.concat(names.flatMap((name) => [name, END_OF_NAME]));
  },

  readdir({ dir }, { sysroot }) {
    return about(dir, () => entriesOf(sysroot, dir));
  },

  *internal_readdir({ dir }, { sysroot }) {
    for (const entry of about(dir, () => entriesOf(sysroot, dir))) yield structs.dirent.xdr.encode(entry);
  },
} satisfies HandlersOf<typeof families.find, Context>;

function requireDirectory(sysroot: Sysroot, path: string): void {
  const isDirectory = about(path, () => sysroot.inside(() => statSync(fsPath(path)).isDirectory()));
  if (!isDirectory) throw failure(path, "ENOTDIR");
}

function entriesOf(sysroot: Sysroot, dir: string): Dirent[] {
  return sysroot.inside(() => {
    const names = readdirSync(fsPath(dir), { encoding: "buffer" }).map((name) => textFromBytes(name));
    return [".", "..", ...names].map((name) => {
      const stats = lstatSync(fsPath(join(dir, name)), { bigint: true });
      return { ino: stats.ino, ftyp: typeLetter(stats).charCodeAt(0), name };
    });
  });
}

function typeLetter(stats: BigIntStats): string {
  if (stats.isFile()) return "r";
  if (stats.isDirectory()) return "d";
  if (stats.isSymbolicLink()) return "l";
  if (stats.isBlockDevice()) return "b";
  if (stats.isCharacterDevice()) return "c";
  if (stats.isFIFO()) return "f";
  return stats.isSocket() ? "s" : "u";
}
