/**
 * The guest's root directory. `inside()` makes it this thread's root for the length of a synchronous function: the kernel
 * then resolves every path and every symbolic link, absolute ones too, inside the guest.
 *
 * Not for asynchronous work: it would run after the way back out. The thread's root is its own (unshare CLONE_FS), so that
 * the other threads of the process never see the guest as their root.
 */
import { readFileSync } from "node:fs";

import type { Sysroot } from "./context.ts";
import { ActionError, FatalError } from "./errors.ts";
import { chdir, chroot, CLONE_FS, fchdir, O_PATH, open, unshare } from "./native/libc.ts";

export interface SysrootOptions {
  /** Appliance path of the mount point. */
  readonly path: string;
  /** A plain folder stands for the guest (tests): counts as mounted. */
  readonly standalone?: boolean;
}

const O_DIRECTORY = 0x10000;

export function createSysroot(options: SysrootOptions): Sysroot {
  unshare(CLONE_FS);
  const realRoot = open("/", O_PATH | O_DIRECTORY);
  let depth = 0;

  function leave(): void {
    try {
      fchdir(realRoot);
      chroot(".");
    } catch (error) {
      throw new FatalError(`cannot leave ${options.path}`, { cause: error });
    }
  }

  return {
    path: options.path,
    standalone: options.standalone === true,
    inside(body) {
      if (depth > 0 || options.path === "/") return body();
      chroot(options.path);
      depth += 1;
      try {
        chdir("/");
        return body();
      } finally {
        leave();
        depth -= 1;
      }
    },
    requireMounted() {
      if (options.standalone === true || isMounted(options.path)) return;
      throw new ActionError("you must call 'mount' first to mount the root filesystem");
    },
  };
}

/** Whether something is mounted at or below a path, by /proc/self/mounts. */
export function isMounted(path: string): boolean {
  for (const line of readFileSync("/proc/thread-self/mounts", "latin1").split("\n")) {
    const target = line.split(" ")[1];
    if (target === path || target?.startsWith(`${path}/`) === true) return true;
  }
  return false;
}
