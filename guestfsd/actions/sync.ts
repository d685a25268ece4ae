/** Daemon side of schemas/actions/sync.ts. */
import { closeSync, constants, fsyncSync, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Devices } from "../context.ts";
import { about } from "../errors.ts";
import { sync as systemSync } from "../native/libc.ts";
import { unmountAll } from "./mount.ts";

export const sync = {
  sync(_args, { devices }) {
    syncDisks(devices);
  },

  internal_autosync(_args, context) {
    if (!context.sysroot.standalone) unmountAll(context);
    syncDisks(context.devices);
  },
} satisfies HandlersOf<typeof families.sync, Context>;

/** sync(2) hands everything to the disks; fsync(2) of each makes it empty its own cache, and tells of errors. */
function syncDisks(devices: Devices): void {
  systemSync();
  for (const name of devices.list()) {
    about(name, () => {
      const fd = openSync(devices.toReal(name), constants.O_RDONLY);
      try {
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    });
  }
}
