/**
 * What this appliance can do: upstream's optional groups. A group is available when the action table has an action of it and
 * the programs and libraries it needs are installed. Does not know what else a program needs (kernel modules).
 */
import { accessSync, constants } from "node:fs";

import { actions, GILD_GROUP, type AnyAction } from "../schemas/index.ts";

export type GroupState = "available" | "unavailable" | "unknown";

/** Every group that libguestfs knows, with the programs and shared libraries it needs here (all of them). */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  acl: ["libacl.so.1"],
  augeas: [],
  blkdiscard: [],
  blkdiscardzeroes: [],
  btrfs: ["mkfs.btrfs"],
  clevisluks: ["clevis-luks-unlock"],
  extlinux: ["extlinux"],
  f2fs: ["mkfs.f2fs"],
  fstrim: [],
  gdisk: ["sgdisk"],
  grub: ["grub-install"],
  hivex: ["libhivex.so.0"],
  inotify: [],
  journal: ["libsystemd.so.0"],
  ldm: ["ldmtool"],
  libtsk: ["libtsk.so.19"],
  libyara: ["libyara.so.9"],
  linuxcaps: ["libcap.so.2"],
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
  selinux: ["libselinux.so.1"],
  selinuxrelabel: ["setfiles"],
  sleuthkit: ["icat", "blkls"],
  squashfs: ["mksquashfs"],
  syslinux: ["syslinux"],
  wipefs: ["wipefs"],
  xfs: ["mkfs.xfs"],
  xz: ["xz"],
  zerofree: ["zerofree"],
};

/** Where the dynamic linker looks, on Debian and on systems with lib64. */
const LIBRARY_PATH = "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64";

/** Groups whose actions were all made core, or never had one of their own: always available. */
const RETIRED: readonly string[] = ["augeas", "realpath"];

/** Names of all groups of libguestfs, available or not, sorted. gild's own is known by name only. */
export function groupNames(): readonly string[] {
  return Object.keys(GROUPS).sort();
}

/** @param path where programs are looked for, as $PATH; likewise `libraryPath` */
export function groupState(
  group: string,
  path = process.env["PATH"] ?? "",
  libraryPath: string = LIBRARY_PATH,
): GroupState {
  if (group === GILD_GROUP) return "available";
  const needs = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
  if (needs === undefined) return "unknown";
  if (RETIRED.includes(group)) return "available";
  const table: readonly AnyAction[] = Object.values(actions);
  const implemented = table.some((action) => action.group === group);
  const present = needs.every((need) =>
    need.includes(".so.") ? isIn(libraryPath, need, constants.R_OK) : isInstalled(need, path),
  );
  return implemented && present ? "available" : "unavailable";
}

/** Whether a program is in one of the folders of `path`. */
export function isInstalled(program: string, path = process.env["PATH"] ?? ""): boolean {
  return isIn(path, program, constants.X_OK);
}

function isIn(path: string, name: string, access: number): boolean {
  return path.split(":").some((folder) => {
    try {
      accessSync(`${folder}/${name}`, access);
      return true;
    } catch {
      return false;
    }
  });
}
