/**
 * Daemon side of schemas/actions/selinux.ts. setfiles is the appliance's program with the guest as its root; the policy that
 * it reads is the guest's.
 */
import { lstatSync, mkdirSync, rmdirSync, statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, ActionError, errnoCode } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { loadSelinux } from "../native/selinux.ts";
import { lgetxattr } from "../native/xattr.ts";
import { mount } from "./mount.ts";

/** Never relabelled, as upstream has it: what stands there when a guest runs is no part of its disks. */
const NEVER: readonly string[] = ["/dev", "/proc", "/selinux", "/sys"];
const PROC = "/proc";
const LABEL = "security.selinux";

interface Relabelling {
  readonly specfile: string;
  readonly paths: readonly string[];
  readonly force?: boolean | undefined;
  readonly excludes?: readonly string[] | undefined;
}

export const selinux = {
  setcon({ context }) {
    about(context, () => loadSelinux().setcon(context));
  },

  getcon() {
    return about("", () => loadSelinux().getcon());
  },

  selinux_relabel({ specfile, path, force }, context) {
    // setfiles stays on one filesystem.
    const prefix = path.endsWith("/") ? path : `${path}/`;
    const below = mount.mountpoints({}, context).map(([, mountPoint]) => mountPoint);
    const more = below.filter((found) => found !== path && found.startsWith(prefix) && holdsLabels(context, found));
    relabel({ specfile, paths: [path, ...more], force }, context);
  },

  setfiles(relabelling, context) {
    relabel(relabelling, context);
  },
} satisfies HandlersOf<typeof families.selinux, Context>;

function relabel({ specfile, paths, force, excludes = [] }: Relabelling, { sysroot, command }: Context): void {
  if (!specfile.startsWith("/")) throw new ActionError(`${specfile}: path must start with a / character`, "EINVAL");
  // Looked at first, because setfiles itself tells no errno.
  for (const path of [specfile, ...paths]) about(path, () => sysroot.inside(() => statSync(fsPath(path))));
  const present = [...NEVER, ...excludes].filter((path) => isDirectory(sysroot, path));

  const argv = ["setfiles", ...(force === true ? ["-F"] : [])];
  for (const path of present) argv.push("-e", path);
  // -m: in an appliance without SELinux no mount says seclabel, so the list it reads otherwise would exclude everything.
  argv.push("-m", specfile, ...paths);
  withProc(sysroot, () => command.check(argv, { root: "walk", proc: true }));
}

/** Whether files of a mounted filesystem can be labelled: not those of vfat. */
function holdsLabels({ sysroot }: Context, mountPoint: string): boolean {
  if (NEVER.some((path) => mountPoint === path || mountPoint.startsWith(`${path}/`))) return false;
  try {
    sysroot.inside(() => lgetxattr(mountPoint, LABEL));
    return true;
  } catch (error) {
    return errnoCode(error) === "ENODATA";
  }
}

function isDirectory(sysroot: Sysroot, path: string): boolean {
  return sysroot.inside(() => lstatSync(fsPath(path), { throwIfNoEntry: false })?.isDirectory() === true);
}

/** setfiles works through /proc/self/fd: sees to it that the guest has the directory for as long as `body` runs. */
function withProc(sysroot: Sysroot, body: () => void): void {
  const made = sysroot.inside(() => {
    const stats = lstatSync(PROC, { throwIfNoEntry: false });
    if (stats === undefined) mkdirSync(PROC);
    else if (!stats.isDirectory()) throw new ActionError(`${PROC}: not a directory`, "ENOTDIR");
    return stats === undefined;
  });
  try {
    body();
  } finally {
    if (made) sysroot.inside(() => rmdirSync(PROC));
  }
}
