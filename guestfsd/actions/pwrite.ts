/** Daemon side of schemas/actions/pwrite.ts. */
import { closeSync, constants, openSync, writeSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";

/** A pipe without reader is an error then, not an endless wait. */
const WRITE = constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK;

export const pwrite = {
  pwrite({ path, content, offset }, { sysroot }) {
    return about(path, () => writePart(() => sysroot.inside(() => openSync(fsPath(path), WRITE)), content, offset));
  },

  pwrite_device({ device, content, offset }, { devices }) {
    return about(devices.toApi(device), () => writePart(() => openSync(device, WRITE), content, offset));
  },
} satisfies HandlersOf<typeof families.pwrite, Context>;

function writePart(open: () => number, content: Uint8Array, offset: bigint): number {
  if (offset < 0n) throw new ActionError("offset is negative", "EINVAL");
  const fd = open();
  try {
    // Number holds offsets up to 8 PiB.
    return writeSync(fd, content, 0, content.length, Number(offset));
  } finally {
    closeSync(fd);
  }
}
