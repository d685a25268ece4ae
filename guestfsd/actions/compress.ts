/** Daemon side of schemas/actions/compress.ts. */
import { closeSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { packer } from "../compressors.ts";
import type { Commands, Context } from "../context.ts";
import { about } from "../errors.ts";
import { openDevice, openFile } from "../file-reader.ts";

export const compress = {
  *compress_out({ ctype, file, level }, { sysroot, command }) {
    const argv = packer(ctype, level);
    yield* pack(
      command,
      argv,
      about(file, () => openFile(sysroot, file)),
    );
  },

  *compress_device_out({ ctype, device, level }, { command }) {
    const argv = packer(ctype, level);
    yield* pack(
      command,
      argv,
      about(device, () => openDevice(device)),
    );
  },
} satisfies HandlersOf<typeof families.compress, Context>;

/** Closes the descriptor. */
function* pack(command: Commands, argv: readonly string[], fd: number): Generator<Uint8Array, undefined> {
  try {
    yield* command.stream(argv, { fds: { 0: fd } });
  } finally {
    closeSync(fd);
  }
}
