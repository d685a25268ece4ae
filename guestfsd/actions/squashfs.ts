/** Daemon side of schemas/actions/squashfs.ts. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { withGuestPath } from "../guest-directory.ts";

const READ_SIZE = 64 * 1024;

export const squashfs = {
  *mksquashfs({ path, compress, excludes = [] }, { command, sysroot }) {
    // mksquashfs goes back to write its superblock, so that there is nothing to send before it is done.
    const folder = mkdtempSync("/tmp/squashfs");
    try {
      const image = join(folder, "image");
      const options = [
        "-noappend",
        "-no-progress",
        "-wildcards",
        ...(compress === undefined ? [] : ["-comp", compress]),
      ];
      const leftOut = excludes.length === 0 ? [] : ["-e", ...excludes];
      withGuestPath(sysroot, path, (real) => command.check(["mksquashfs", real, image, ...options, ...leftOut]));
      yield* contents(image);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
} satisfies HandlersOf<typeof families.squashfs, Context>;

function* contents(file: string): Generator<Uint8Array, undefined> {
  const fd = openSync(file, "r");
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
      const got = about(file, () => readSync(fd, buffer, 0, READ_SIZE, null));
      if (got === 0) return undefined;
      yield buffer.subarray(0, got);
    }
  } finally {
    closeSync(fd);
  }
}
