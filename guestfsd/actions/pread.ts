/** Daemon side of schemas/actions/pread.ts. */
import { closeSync, readSync } from "node:fs";

import { GUESTFS_MESSAGE_MAX, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { openDevice, openFile } from "../file-reader.ts";

/** Room for the header and the length of the reply. */
const REPLY_OVERHEAD = 1024;

export const pread = {
  pread({ path, count, offset }, { sysroot }) {
    return about(path, () => readPart(() => openFile(sysroot, path), count, offset));
  },

  pread_device({ device, count, offset }) {
    return about(device, () => readPart(() => openDevice(device), count, offset));
  },
} satisfies HandlersOf<typeof families.pread, Context>;

function readPart(open: () => number, count: number, offset: bigint): Uint8Array {
  if (count < 0) throw new ActionError("count is negative", "EINVAL");
  if (offset < 0n) throw new ActionError("offset is negative", "EINVAL");
  if (count > GUESTFS_MESSAGE_MAX - REPLY_OVERHEAD) {
    throw new ActionError(`${count}: count is too large for the protocol, use smaller reads`, "EINVAL");
  }
  const fd = open();
  try {
    const buffer = Buffer.alloc(count);
    let filled = 0;
    while (filled < count) {
      const size = readSync(fd, buffer, filled, count - filled, offset + BigInt(filled));
      if (size === 0) break;
      filled += size;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}
