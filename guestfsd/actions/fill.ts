/** Daemon side of schemas/actions/fill.ts. */
import { closeSync, constants, openSync, writeSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";

const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;
const NEW_FILE_MODE = 0o666;
const PIECE = 1024 * 1024;
const NAME_LENGTH = 8;

export const fill = {
  fill({ c, len, path }, context) {
    if (c < 0 || c > 255) throw new ActionError(`${c}: byte number must be in range 0..255`, "EINVAL");
    fillFile(context, path, Uint8Array.of(c), len);
  },

  fill_pattern({ pattern, len, path }, context) {
    if (pattern === "") throw new ActionError("pattern string must be non-empty", "EINVAL");
    fillFile(context, path, bytesFromText(pattern), len);
  },

  fill_dir({ dir, nr }, { sysroot }) {
    if (nr < 0) throw new ActionError(`${nr}: number of files is < 0`, "EINVAL");
    for (let n = 0; n < nr; n++) {
      const path = join(dir, String(n).padStart(NAME_LENGTH, "0"));
      about(path, () => closeSync(sysroot.inside(() => create(path))));
    }
  },
} satisfies HandlersOf<typeof families.fill, Context>;

function create(path: string): number {
  return openSync(fsPath(path), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_NONBLOCK, NEW_FILE_MODE);
}

function fillFile(context: Context, path: string, pattern: Uint8Array, length: number): void {
  if (length < 0) throw new ActionError(`${length}: length is < 0`, "EINVAL");
  // Whole patterns, so that each piece begins with one.
  const size = Math.max(pattern.length, PIECE - (PIECE % pattern.length));
  const piece = Buffer.alloc(Math.min(size, length), pattern);
  about(path, () => {
    const fd = context.sysroot.inside(() => create(path));
    try {
      for (let done = 0; done < length;) {
        const start = done % size;
        done += writeSync(fd, piece, start, Math.min(piece.length - start, length - done));
        context.progress(done, length);
      }
    } finally {
      closeSync(fd);
    }
  });
}
