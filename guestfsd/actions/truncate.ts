/** Daemon side of schemas/actions/truncate.ts. */
import { closeSync, constants, ftruncateSync, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, failure } from "../errors.ts";
import { fsPath } from "../file-name.ts";

export const truncate = {
  truncate({ path }, { sysroot }) {
    setLength(sysroot, path, 0n);
  },

  truncate_size({ path, size }, { sysroot }) {
    setLength(sysroot, path, size);
  },
} satisfies HandlersOf<typeof families.truncate, Context>;

function setLength(sysroot: Sysroot, path: string, size: bigint): void {
  // Node takes a number and turns a negative one into 0.
  if (size < 0n) throw failure(path, "EINVAL");
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw failure(path, "EFBIG");
  about(path, () => {
    const fd = sysroot.inside(() =>
      openSync(fsPath(path), constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
    );
    try {
      ftruncateSync(fd, Number(size));
    } finally {
      closeSync(fd);
    }
  });
}
