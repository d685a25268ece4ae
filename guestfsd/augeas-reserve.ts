/**
 * Augeas handles made before the template is taken, with the lenses of well-known files compiled: under emulation one lens is
 * a quarter of a second. They have met no guest. Only for handles that load neither files nor lenses by themselves, which is
 * how gild's own step starts them: there a lens that was compiled early cannot be told from one compiled late.
 */
import { AugeasHandle } from "./augeas-handle.ts";
import type { Context, Kept, Sysroot } from "./context.ts";
import { AUG_NO_LOAD, AUG_NO_MODL_AUTOLOAD } from "./native/augeas.ts";

export const AUGEAS_RESERVE = "augeas-reserve";

const FLAGS = AUG_NO_LOAD | AUG_NO_MODL_AUTOLOAD;
const ROOT = "/";
/** One for each of the first steps. */
const HANDLES = 2;
/** A module and a text that its lens reads and writes once: regular expressions are compiled when they are first used. */
const SAMPLES: readonly (readonly [module: string, text: string])[] = [
  ["Sshd", "# c\nPort 22\nAcceptEnv A B\nSubsystem sftp /sftp\nMatch User a\n  X11Forwarding no\n"],
  ["Hosts", "# c\n127.0.0.1 localhost local\n"],
  ["Fstab", "# c\nUUID=0 / ext4 defaults,noatime 0 1\n"],
  ["Shellvars", "# c\nA=b\nexport C='d e'\n"],
  ["Sysctl", "# c\nkernel.a = 1\n"],
  ["Systemd", "# c\n[Unit]\nA=b\n"],
  ["Resolv", "# c\nnameserver 127.0.0.1\nsearch a b\n"],
  ["Nsswitch", "# c\npasswd: files systemd\n"],
  ["Interfaces", "# c\nauto lo\niface lo inet loopback\n"],
];
const WARM = "/warm";

export class AugeasReserve implements Kept {
  readonly ofGuest = false;
  readonly #handles: AugeasHandle[] = [];

  constructor(sysroot: Sysroot) {
    for (let count = 0; count < HANDLES; count += 1) {
      const handle = new AugeasHandle(sysroot, ROOT, FLAGS);
      for (const [module, text] of SAMPLES) warm(handle, module, text);
      this.#handles.push(handle);
    }
  }

  /** A handle of exactly this kind, given away; undefined when there is none. */
  take(root: string, flags: number): AugeasHandle | undefined {
    return root === ROOT && flags === FLAGS ? this.#handles.pop() : undefined;
  }

  close(): void {
    for (const handle of this.#handles.splice(0)) handle.close();
  }
}

/** A handle as aug_init makes it, from the reserve where that has one. It has loaded no files. The caller closes it. */
export function takeHandle(kept: Context["kept"], sysroot: Sysroot, root = ROOT, flags = FLAGS): AugeasHandle {
  const reserve = kept.get(AUGEAS_RESERVE);
  const ready = reserve instanceof AugeasReserve ? reserve.take(root, flags) : undefined;
  return ready ?? new AugeasHandle(sysroot, root, flags);
}

/** Leaves no trace in the tree. A lens that does not take its sample is only not warm then. */
function warm(handle: AugeasHandle, module: string, text: string): void {
  const lens = `${module}.lns`;
  const { lib, aug } = handle;
  handle.readModule(lens, module);
  lib.aug_set(aug, `${WARM}/in`, text);
  lib.aug_text_store(aug, lens, `${WARM}/in`, `${WARM}/tree`);
  lib.aug_text_retrieve(aug, lens, `${WARM}/in`, `${WARM}/tree`, `${WARM}/out`);
  for (const node of [WARM, "/augeas/text"]) lib.aug_rm(aug, node);
}
