/** Daemon side of schemas/actions/fstrim.ts. */
import { closeSync, constants, fsyncSync, openSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { trimFree } from "../native/block-device.ts";
import { sync } from "../native/libc.ts";

const ALL = 0xffffffffffffffffn;

export const fstrim = {
  fstrim({ mountpoint, offset = 0n, length, minimumfreeextent = 0n }, { sysroot }) {
    for (const [name, value] of Object.entries({ offset, length, minimumfreeextent })) {
      if (value !== undefined && value < 0n) throw new ActionError(`${name} < 0`, "EINVAL");
    }
    about(mountpoint, () => {
      const fd = sysroot.inside(() =>
        openSync(Buffer.from(bytesFromText(mountpoint)), constants.O_RDONLY | constants.O_DIRECTORY),
      );
      try {
        // Blocks of files just removed are free only when that is on the disk.
        sync();
        fsyncSync(fd);
        trimFree(fd, { start: offset, length: length ?? ALL, least: minimumfreeextent });
      } finally {
        closeSync(fd);
      }
    });
  },
} satisfies HandlersOf<typeof families.fstrim, Context>;
