/** Writes what a program of the appliance gives to a file of the guest, which the program never sees. */
import { closeSync, constants, openSync, writeSync } from "node:fs";

import { bytesFromText } from "../schemas/index.ts";
import type { Sysroot } from "./context.ts";
import { about } from "./errors.ts";

const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;

/**
 * Makes or empties the file when the first piece is there: a program that fails at once leaves it as it was.
 *
 * @throws ActionError EISDIR, ENOENT, ENOSPC and what the program throws
 */
export function writeGuestFile(sysroot: Sysroot, path: string, pieces: Iterable<Uint8Array>): void {
  let fd = -1;
  try {
    for (const piece of pieces) {
      if (fd === -1) fd = about(path, () => sysroot.inside(() => create(path)));
      for (let rest = piece; rest.length > 0;) rest = rest.subarray(about(path, () => writeSync(fd, rest)));
    }
  } finally {
    if (fd !== -1) closeSync(fd);
  }
}

/** Does not wait: a FIFO in the guest would never answer. */
function create(path: string): number {
  return openSync(Buffer.from(bytesFromText(path)), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_NONBLOCK, 0o666);
}
