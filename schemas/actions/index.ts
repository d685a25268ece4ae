/** The action table: every family's exports in one object. Adding an action to a family needs no edit here. */
import type { ClientOf } from "../action.ts";
import * as p9 from "./9p.ts";
import * as acl from "./acl.ts";
import * as augeas from "./augeas.ts";
import * as available from "./available.ts";
import * as base64 from "./base64.ts";
import * as blkdiscard from "./blkdiscard.ts";
import * as blkid from "./blkid.ts";
import * as blockdev from "./blockdev.ts";
import * as btrfs from "./btrfs.ts";
import * as btrfsBalance from "./btrfs-balance.ts";
import * as btrfsCheck from "./btrfs-check.ts";
import * as btrfsQuota from "./btrfs-quota.ts";
import * as btrfsScrub from "./btrfs-scrub.ts";
import * as btrfsSubvolume from "./btrfs-subvolume.ts";
import * as cap from "./cap.ts";
import * as checksum from "./checksum.ts";
import * as clevisLuks from "./clevis-luks.ts";
import * as cmp from "./cmp.ts";
import * as compress from "./compress.ts";
import * as copy from "./copy.ts";
import * as copyAttributes from "./copy-attributes.ts";
import * as cpio from "./cpio.ts";
import * as cpmv from "./cpmv.ts";
import * as dd from "./dd.ts";
import * as debug from "./debug.ts";
import * as devsparts from "./devsparts.ts";
import * as df from "./df.ts";
import * as dir from "./dir.ts";
import * as dmesg from "./dmesg.ts";
import * as dropCaches from "./drop-caches.ts";
import * as du from "./du.ts";
import * as e2attrs from "./e2attrs.ts";
import * as ext2 from "./ext2.ts";
import * as f2fs from "./f2fs.ts";
import * as fallocate from "./fallocate.ts";
import * as file from "./file.ts";
import * as fileType from "./file-type.ts";
import * as filearch from "./filearch.ts";
import * as fill from "./fill.ts";
import * as find from "./find.ts";
import * as findfs from "./findfs.ts";
import * as fsMinSize from "./fs-min-size.ts";
import * as fsck from "./fsck.ts";
import * as fstrim from "./fstrim.ts";
import * as glob from "./glob.ts";
import * as gpt from "./gpt.ts";
import * as grep from "./grep.ts";
import * as grub from "./grub.ts";
import * as headtail from "./headtail.ts";
import * as hexdump from "./hexdump.ts";
import * as hivex from "./hivex.ts";
import * as initrd from "./initrd.ts";
import * as inotify from "./inotify.ts";
import * as inspect from "./inspect.ts";
import * as inspectWindows from "./inspect-windows.ts";
import * as internal from "./internal.ts";
import * as isFamily from "./is.ts";
import * as isoinfo from "./isoinfo.ts";
import * as journal from "./journal.ts";
import * as labels from "./labels.ts";
import * as ldm from "./ldm.ts";
import * as link from "./link.ts";
import * as listfs from "./listfs.ts";
import * as ls from "./ls.ts";
import * as luks from "./luks.ts";
import * as lvm from "./lvm.ts";
import * as lvmActivate from "./lvm-activate.ts";
import * as lvmDm from "./lvm-dm.ts";
import * as lvmFilter from "./lvm-filter.ts";
import * as lvmFull from "./lvm-full.ts";
import * as lvmUuid from "./lvm-uuid.ts";
import * as mbr from "./mbr.ts";
import * as md from "./md.ts";
import * as mke2fs from "./mke2fs.ts";
import * as mkfs from "./mkfs.ts";
import * as mklostAndFound from "./mklost-and-found.ts";
import * as mknod from "./mknod.ts";
import * as mktemp from "./mktemp.ts";
import * as modprobe from "./modprobe.ts";
import * as mount from "./mount.ts";
import * as ntfs from "./ntfs.ts";
import * as ntfscat from "./ntfscat.ts";
import * as ntfsclone from "./ntfsclone.ts";
import * as parted from "./parted.ts";
import * as pread from "./pread.ts";
import * as pwrite from "./pwrite.ts";
import * as realpath from "./realpath.ts";
import * as rename from "./rename.ts";
import * as rpm from "./rpm.ts";
import * as rsync from "./rsync.ts";
import * as scrub from "./scrub.ts";
import * as selinux from "./selinux.ts";
import * as sfdisk from "./sfdisk.ts";
import * as sh from "./sh.ts";
import * as sleep from "./sleep.ts";
import * as sleuthkit from "./sleuthkit.ts";
import * as squashfs from "./squashfs.ts";
import * as stat from "./stat.ts";
import * as strings from "./strings.ts";
import * as swap from "./swap.ts";
import * as sync from "./sync.ts";
import * as syslinux from "./syslinux.ts";
import * as tar from "./tar.ts";
import * as truncate from "./truncate.ts";
import * as tsk from "./tsk.ts";
import * as umask from "./umask.ts";
import * as upload from "./upload.ts";
import * as uuids from "./uuids.ts";
import * as wc from "./wc.ts";
import * as writeFile from "./write-file.ts";
import * as xattr from "./xattr.ts";
import * as xfs from "./xfs.ts";
import * as yara from "./yara.ts";
import * as zero from "./zero.ts";
import * as zeroFreeSpace from "./zero-free-space.ts";
import * as zerofree from "./zerofree.ts";

/** Families by the name of their file. */
export const families = {
  "9p": p9,
  acl,
  augeas,
  available,
  base64,
  blkdiscard,
  blkid,
  blockdev,
  btrfs,
  "btrfs-balance": btrfsBalance,
  "btrfs-check": btrfsCheck,
  "btrfs-quota": btrfsQuota,
  "btrfs-scrub": btrfsScrub,
  "btrfs-subvolume": btrfsSubvolume,
  cap,
  checksum,
  "clevis-luks": clevisLuks,
  cmp,
  compress,
  copy,
  "copy-attributes": copyAttributes,
  cpio,
  cpmv,
  dd,
  debug,
  devsparts,
  df,
  dir,
  dmesg,
  "drop-caches": dropCaches,
  du,
  e2attrs,
  ext2,
  f2fs,
  fallocate,
  file,
  "file-type": fileType,
  filearch,
  fill,
  find,
  findfs,
  "fs-min-size": fsMinSize,
  fsck,
  fstrim,
  glob,
  gpt,
  grep,
  grub,
  headtail,
  hexdump,
  hivex,
  initrd,
  inotify,
  inspect,
  "inspect-windows": inspectWindows,
  internal,
  is: isFamily,
  isoinfo,
  journal,
  labels,
  ldm,
  link,
  listfs,
  ls,
  luks,
  lvm,
  "lvm-activate": lvmActivate,
  "lvm-dm": lvmDm,
  "lvm-filter": lvmFilter,
  "lvm-full": lvmFull,
  "lvm-uuid": lvmUuid,
  mbr,
  md,
  mke2fs,
  mkfs,
  "mklost-and-found": mklostAndFound,
  mknod,
  mktemp,
  modprobe,
  mount,
  ntfs,
  ntfscat,
  ntfsclone,
  parted,
  pread,
  pwrite,
  realpath,
  rename,
  rpm,
  rsync,
  scrub,
  selinux,
  sfdisk,
  sh,
  sleep,
  sleuthkit,
  squashfs,
  stat,
  strings,
  swap,
  sync,
  syslinux,
  tar,
  truncate,
  tsk,
  umask,
  upload,
  uuids,
  wc,
  "write-file": writeFile,
  xattr,
  xfs,
  yara,
  zero,
  "zero-free-space": zeroFreeSpace,
  zerofree,
} as const;

export type Families = typeof families;

/** Every action by its name. */
export const actions = {
  ...p9,
  ...acl,
  ...augeas,
  ...available,
  ...base64,
  ...blkdiscard,
  ...blkid,
  ...blockdev,
  ...btrfs,
  ...btrfsBalance,
  ...btrfsCheck,
  ...btrfsQuota,
  ...btrfsScrub,
  ...btrfsSubvolume,
  ...cap,
  ...checksum,
  ...clevisLuks,
  ...cmp,
  ...compress,
  ...copy,
  ...copyAttributes,
  ...cpio,
  ...cpmv,
  ...dd,
  ...debug,
  ...devsparts,
  ...df,
  ...dir,
  ...dmesg,
  ...dropCaches,
  ...du,
  ...e2attrs,
  ...ext2,
  ...f2fs,
  ...fallocate,
  ...file,
  ...fileType,
  ...filearch,
  ...fill,
  ...find,
  ...findfs,
  ...fsMinSize,
  ...fsck,
  ...fstrim,
  ...glob,
  ...gpt,
  ...grep,
  ...grub,
  ...headtail,
  ...hexdump,
  ...hivex,
  ...initrd,
  ...inotify,
  ...inspect,
  ...inspectWindows,
  ...internal,
  ...isFamily,
  ...isoinfo,
  ...journal,
  ...labels,
  ...ldm,
  ...link,
  ...listfs,
  ...ls,
  ...luks,
  ...lvm,
  ...lvmActivate,
  ...lvmDm,
  ...lvmFilter,
  ...lvmFull,
  ...lvmUuid,
  ...mbr,
  ...md,
  ...mke2fs,
  ...mkfs,
  ...mklostAndFound,
  ...mknod,
  ...mktemp,
  ...modprobe,
  ...mount,
  ...ntfs,
  ...ntfscat,
  ...ntfsclone,
  ...parted,
  ...pread,
  ...pwrite,
  ...realpath,
  ...rename,
  ...rpm,
  ...rsync,
  ...scrub,
  ...selinux,
  ...sfdisk,
  ...sh,
  ...sleep,
  ...sleuthkit,
  ...squashfs,
  ...stat,
  ...strings,
  ...swap,
  ...sync,
  ...syslinux,
  ...tar,
  ...truncate,
  ...tsk,
  ...umask,
  ...upload,
  ...uuids,
  ...wc,
  ...writeFile,
  ...xattr,
  ...xfs,
  ...yara,
  ...zero,
  ...zeroFreeSpace,
  ...zerofree,
} as const;

export type Actions = typeof actions;
export type ActionName = keyof Actions;

/** The guestfs API as TypeScript sees it: one method per action. */
export type Guestfs = ClientOf<Actions>;
