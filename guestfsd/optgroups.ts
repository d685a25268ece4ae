/**
 * What this appliance can do: upstream's optional groups. A group is available when the action table has an action of it and
 * the programs it needs are installed. Does not know what else a program needs (kernel modules).
 */
import { accessSync, constants } from "node:fs";

import { actions, type AnyAction } from "../schemas/index.ts";

export type GroupState = "available" | "unavailable" | "unknown";

/** Every group that libguestfs knows, with the programs it needs here (all of them). */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  acl: [],
  augeas: [],
  blkdiscard: ["blkdiscard"],
  blkdiscardzeroes: ["blkdiscard"],
  btrfs: ["mkfs.btrfs"],
  clevisluks: ["clevis"],
  extlinux: ["extlinux"],
  f2fs: ["mkfs.f2fs"],
  fstrim: ["fstrim"],
  gdisk: ["sgdisk"],
  grub: ["grub-install"],
  hivex: [],
  inotify: [],
  journal: [],
  ldm: ["ldmtool"],
  libtsk: [],
  libyara: [],
  linuxcaps: [],
  linuxfsuuid: [],
  linuxmodules: ["modprobe"],
  linuxxattrs: [],
  luks: ["cryptsetup"],
  lvm2: ["lvm"],
  mdadm: ["mdadm"],
  mknod: [],
  ntfs3g: ["ntfs-3g.probe"],
  ntfsprogs: ["ntfsresize"],
  realpath: [],
  rsync: ["rsync"],
  scrub: ["scrub"],
  selinux: [],
  selinuxrelabel: ["setfiles"],
  sleuthkit: ["icat"],
  squashfs: ["mksquashfs"],
  syslinux: ["syslinux"],
  wipefs: ["wipefs"],
  xfs: ["mkfs.xfs"],
  xz: ["xz"],
  zerofree: ["zerofree"],
};

/** Groups whose actions were all made core, or never had one of their own: always available. */
const RETIRED: readonly string[] = ["augeas", "realpath"];

/** Names of all groups, available or not, sorted. */
export function groupNames(): readonly string[] {
  return Object.keys(GROUPS).sort();
}

/** @param path where programs are looked for, as $PATH */
export function groupState(group: string, path = process.env["PATH"] ?? ""): GroupState {
  const programs = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
  if (programs === undefined) return "unknown";
  if (RETIRED.includes(group)) return "available";
  const table: readonly AnyAction[] = Object.values(actions);
  const implemented = table.some((action) => action.group === group);
  return implemented && programs.every((program) => isInstalled(program, path)) ? "available" : "unavailable";
}

/** Whether a program is in one of the folders of `path`. */
export function isInstalled(program: string, path = process.env["PATH"] ?? ""): boolean {
  return path.split(":").some((folder) => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
