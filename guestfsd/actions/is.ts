/** Daemon side of schemas/actions/is.ts. */
import { lstatSync, statSync, type Stats } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, errnoCode } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { openDevice, openFile, pieces } from "../file-reader.ts";

interface Question {
  readonly path: string;
  readonly followsymlinks?: boolean | undefined;
}

export const isFamily = {
  exists: ({ path }, { sysroot }) => ask({ path }, sysroot, () => true),
  is_file: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isFile()),
  is_dir: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isDirectory()),
  is_chardev: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isCharacterDevice()),
  is_blockdev: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isBlockDevice()),
  is_fifo: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isFIFO()),
  is_symlink: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isSymbolicLink()),
  is_socket: (question, { sysroot }) => ask(question, sysroot, (stats) => stats.isSocket()),

  is_zero({ path }, { sysroot }) {
    return about(path, () => isZero(openFile(sysroot, path)));
  },

  is_zero_device({ device }) {
    return about(device, () => isZero(openDevice(device)));
  },
} satisfies HandlersOf<typeof families.is, Context>;

/** Nothing there, and a path that leads through a file, count as "no". */
function ask(
  { path, followsymlinks = false }: Question,
  sysroot: Sysroot,
  question: (stats: Stats) => boolean,
): boolean {
  return about(path, () => {
    try {
      const look = followsymlinks ? statSync : lstatSync;
      return question(sysroot.inside(() => look(fsPath(path))));
    } catch (error) {
      const code = errnoCode(error);
      if (code === "ENOENT" || code === "ENOTDIR") return false;
      throw error;
    }
  });
}

function isZero(fd: number): boolean {
  let zeros = Buffer.alloc(0);
  for (const piece of pieces(fd)) {
    if (zeros.length < piece.length) zeros = Buffer.alloc(piece.length);
    if (Buffer.compare(piece, zeros.subarray(0, piece.length)) !== 0) return false;
  }
  return true;
}
