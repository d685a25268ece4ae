/** The action table: every family's exports in one object. Adding an action to a family needs no edit here. */
import type { ClientOf } from "../action.ts";
import * as augeas from "./augeas.ts";
import * as available from "./available.ts";
import * as blkid from "./blkid.ts";
import * as blockdev from "./blockdev.ts";
import * as checksum from "./checksum.ts";
import * as cpmv from "./cpmv.ts";
import * as devsparts from "./devsparts.ts";
import * as dir from "./dir.ts";
import * as ext2 from "./ext2.ts";
import * as file from "./file.ts";
import * as find from "./find.ts";
import * as internal from "./internal.ts";
import * as isFamily from "./is.ts";
import * as link from "./link.ts";
import * as listfs from "./listfs.ts";
import * as luks from "./luks.ts";
import * as lvm from "./lvm.ts";
import * as mkfs from "./mkfs.ts";
import * as mknod from "./mknod.ts";
import * as mount from "./mount.ts";
import * as parted from "./parted.ts";
import * as selinux from "./selinux.ts";
import * as sh from "./sh.ts";
import * as stat from "./stat.ts";
import * as swap from "./swap.ts";
import * as sync from "./sync.ts";
import * as tar from "./tar.ts";
import * as truncate from "./truncate.ts";
import * as umask from "./umask.ts";
import * as upload from "./upload.ts";
import * as xattr from "./xattr.ts";

/** Families by the name of their file. */
export const families = {
  augeas,
  available,
  blkid,
  blockdev,
  checksum,
  cpmv,
  devsparts,
  dir,
  ext2,
  file,
  find,
  internal,
  is: isFamily,
  link,
  listfs,
  luks,
  lvm,
  mkfs,
  mknod,
  mount,
  parted,
  selinux,
  sh,
  stat,
  swap,
  sync,
  tar,
  truncate,
  umask,
  upload,
  xattr,
} as const;

export type Families = typeof families;

/** Every action by its name. */
export const actions = {
  ...augeas,
  ...available,
  ...blkid,
  ...blockdev,
  ...checksum,
  ...cpmv,
  ...devsparts,
  ...dir,
  ...ext2,
  ...file,
  ...find,
  ...internal,
  ...isFamily,
  ...link,
  ...listfs,
  ...luks,
  ...lvm,
  ...mkfs,
  ...mknod,
  ...mount,
  ...parted,
  ...selinux,
  ...sh,
  ...stat,
  ...swap,
  ...sync,
  ...tar,
  ...truncate,
  ...umask,
  ...upload,
  ...xattr,
} as const;

export type Actions = typeof actions;
export type ActionName = keyof Actions;

/** The guestfs API as TypeScript sees it: one method per action. */
export type Guestfs = ClientOf<Actions>;
