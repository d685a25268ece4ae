/** Daemon side of schemas/actions/cmp.ts. */
import { fstatSync, readSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { withFile } from "../file-reader.ts";

const PIECE = 1024 * 1024;

export const cmp = {
  equal: ({ file1, file2 }, { sysroot }) =>
    withFile(sysroot, file1, (first) =>
      withFile(sysroot, file2, (second) => about(`${file1}, ${file2}`, () => same(first, second))),
    ),
} satisfies HandlersOf<typeof families.cmp, Context>;

function same(first: number, second: number): boolean {
  if (fstatSync(first).size !== fstatSync(second).size) return false;
  const ours = Buffer.allocUnsafe(PIECE);
  const theirs = Buffer.allocUnsafe(PIECE);
  for (;;) {
    const piece = fill(first, ours);
    if (!piece.equals(fill(second, theirs))) return false;
    if (piece.length < PIECE) return true;
  }
}

/** The next bytes of a file: less than the buffer takes only at its end. */
function fill(fd: number, buffer: Buffer): Buffer {
  let size = 0;
  while (size < buffer.length) {
    const read = readSync(fd, buffer, size, buffer.length - size, null);
    if (read === 0) break;
    size += read;
  }
  return buffer.subarray(0, size);
}
