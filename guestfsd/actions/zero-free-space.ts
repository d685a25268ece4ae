/** Daemon side of schemas/actions/zero-free-space.ts. */
import { fdatasyncSync, unlinkSync, writeSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, errnoCode } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";
import { alignedBuffer, setDirect } from "../native/file-range.ts";
import { closeQuietly, mkstemps, statvfs } from "../native/libc.ts";

const PIECE = 4 * 1024 * 1024;
const SECTOR = 512;

export const zeroFreeSpace = {
  zero_free_space({ directory }, context) {
    const { sysroot } = context;
    about(directory, () => {
      const { bfree, frsize } = sysroot.inside(() => statvfs(directory));
      const { fd, path } = sysroot.inside(() => mkstemps(join(directory, ".zeroes-XXXXXX"), 0));
      try {
        fillUp(fd, (done) => context.progress(done, bfree * frsize));
        // Before the file goes: what is not written yet would never be.
        fdatasyncSync(fd);
      } finally {
        sysroot.inside(() => unlinkSync(fsPath(path)));
        closeQuietly(fd);
      }
    });
  },
} satisfies HandlersOf<(typeof families)["zero-free-space"], Context>;

/** Writes zeroes until nothing more fits, in smaller pieces towards the end. */
function fillUp(fd: number, progress: (done: bigint) => void): void {
  const zeroes = alignedBuffer(PIECE).fill(0);
  let direct = tryDirect(fd);
  let size = PIECE;
  for (let done = 0n; size >= SECTOR;) {
    try {
      done += BigInt(writeSync(fd, zeroes, 0, size));
      progress(done);
    } catch (error) {
      const code = errnoCode(error);
      if (code === "EINVAL" && direct) {
        setDirect(fd, false);
        direct = false;
      } else if (code === "ENOSPC" || code === "EFBIG") {
        size /= 2;
      } else {
        throw error;
      }
    }
  }
}

/** Past the kernel's cache, where it can be: nothing is to be read again. */
function tryDirect(fd: number): boolean {
  try {
    setDirect(fd, true);
    return true;
  } catch {
    return false;
  }
}
