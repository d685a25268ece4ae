/** Daemon side of schemas/actions/fallocate.ts. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { allocate } from "../native/file-range.ts";

const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;
const NEW_FILE_MODE = 0o666;

export const fallocate = {
  fallocate({ path, len }, context) {
    makeFile(context, path, BigInt(len));
  },

  fallocate64({ path, len }, context) {
    makeFile(context, path, len);
  },
} satisfies HandlersOf<typeof families.fallocate, Context>;

function makeFile({ sysroot }: Context, path: string, length: bigint): void {
  if (length <= 0n) throw failure(path, "EINVAL");
  about(path, () => {
    const fd = sysroot.inside(() => openSync(fsPath(path), O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, NEW_FILE_MODE));
    try {
      if (!fstatSync(fd).isFile()) throw new ActionError(`${path}: not a regular file`, "EINVAL");
      ftruncateSync(fd);
      allocateOrNothing(fd, length);
    } finally {
      closeSync(fd);
    }
  });
}

/** What could be had before the space ran out is given back. */
function allocateOrNothing(fd: number, length: bigint): void {
  try {
    allocate(fd, length);
  } catch (error) {
    ftruncateSync(fd);
    throw error;
  }
}
