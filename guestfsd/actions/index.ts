/** Every handler: the families composed. A missing or wrongly typed handler is a compile error here or in its family. */
import type { Actions, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { acl } from "./acl.ts";
import { augeas } from "./augeas.ts";
import { available } from "./available.ts";
import { blkdiscard } from "./blkdiscard.ts";
import { blkid } from "./blkid.ts";
import { blockdev } from "./blockdev.ts";
import { btrfs } from "./btrfs.ts";
import { btrfsBalance } from "./btrfs-balance.ts";
import { btrfsCheck } from "./btrfs-check.ts";
import { btrfsQuota } from "./btrfs-quota.ts";
import { btrfsScrub } from "./btrfs-scrub.ts";
import { btrfsSubvolume } from "./btrfs-subvolume.ts";
import { cap } from "./cap.ts";
import { checksum } from "./checksum.ts";
import { clevisLuks } from "./clevis-luks.ts";
import { copy } from "./copy.ts";
import { cpmv } from "./cpmv.ts";
import { devsparts } from "./devsparts.ts";
import { dir } from "./dir.ts";
import { ext2 } from "./ext2.ts";
import { f2fs } from "./f2fs.ts";
import { file } from "./file.ts";
import { filearch } from "./filearch.ts";
import { find } from "./find.ts";
import { findfs } from "./findfs.ts";
import { fstrim } from "./fstrim.ts";
import { glob } from "./glob.ts";
import { gpt } from "./gpt.ts";
import { grub } from "./grub.ts";
import { hivex } from "./hivex.ts";
import { inotify } from "./inotify.ts";
import { inspect } from "./inspect.ts";
import { inspectWindows } from "./inspect-windows.ts";
import { internal } from "./internal.ts";
import { isFamily } from "./is.ts";
import { journal } from "./journal.ts";
import { labels } from "./labels.ts";
import { ldm } from "./ldm.ts";
import { link } from "./link.ts";
import { listfs } from "./listfs.ts";
import { luks } from "./luks.ts";
import { lvm } from "./lvm.ts";
import { lvmActivate } from "./lvm-activate.ts";
import { lvmDm } from "./lvm-dm.ts";
import { lvmFilter } from "./lvm-filter.ts";
import { lvmFull } from "./lvm-full.ts";
import { lvmUuid } from "./lvm-uuid.ts";
import { mbr } from "./mbr.ts";
import { md } from "./md.ts";
import { mke2fs } from "./mke2fs.ts";
import { mkfs } from "./mkfs.ts";
import { mknod } from "./mknod.ts";
import { modprobe } from "./modprobe.ts";
import { mount } from "./mount.ts";
import { ntfs } from "./ntfs.ts";
import { ntfsclone } from "./ntfsclone.ts";
import { parted } from "./parted.ts";
import { pread } from "./pread.ts";
import { pwrite } from "./pwrite.ts";
import { rsync } from "./rsync.ts";
import { scrub } from "./scrub.ts";
import { selinux } from "./selinux.ts";
import { sh } from "./sh.ts";
import { sleuthkit } from "./sleuthkit.ts";
import { squashfs } from "./squashfs.ts";
import { stat } from "./stat.ts";
import { swap } from "./swap.ts";
import { sync } from "./sync.ts";
import { syslinux } from "./syslinux.ts";
import { tar } from "./tar.ts";
import { truncate } from "./truncate.ts";
import { tsk } from "./tsk.ts";
import { umask } from "./umask.ts";
import { upload } from "./upload.ts";
import { uuids } from "./uuids.ts";
import { xattr } from "./xattr.ts";
import { xfs } from "./xfs.ts";
import { yara } from "./yara.ts";
import { zero } from "./zero.ts";
import { zerofree } from "./zerofree.ts";

export const handlers = {
  ...acl,
  ...augeas,
  ...available,
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
  ...copy,
  ...cpmv,
  ...devsparts,
  ...dir,
  ...ext2,
  ...f2fs,
  ...file,
  ...filearch,
  ...find,
  ...findfs,
  ...fstrim,
  ...glob,
  ...gpt,
  ...grub,
  ...hivex,
  ...inotify,
  ...inspect,
  ...inspectWindows,
  ...internal,
  ...isFamily,
  ...journal,
  ...labels,
  ...ldm,
  ...link,
  ...listfs,
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
  ...mknod,
  ...modprobe,
  ...mount,
  ...ntfs,
  ...ntfsclone,
  ...parted,
  ...pread,
  ...pwrite,
  ...rsync,
  ...scrub,
  ...selinux,
  ...sh,
  ...sleuthkit,
  ...squashfs,
  ...stat,
  ...swap,
  ...sync,
  ...syslinux,
  ...tar,
  ...truncate,
  ...tsk,
  ...umask,
  ...upload,
  ...uuids,
  ...xattr,
  ...xfs,
  ...yara,
  ...zero,
  ...zerofree,
} satisfies HandlersOf<Actions, Context>;
