/** Every handler: the families composed. A missing or wrongly typed handler is a compile error here or in its family. */
import type { Actions, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { p9 } from "./9p.ts";
import { acl } from "./acl.ts";
import { augeas } from "./augeas.ts";
import { available } from "./available.ts";
import { base64 } from "./base64.ts";
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
import { cmp } from "./cmp.ts";
import { compress } from "./compress.ts";
import { copy } from "./copy.ts";
import { copyAttributes } from "./copy-attributes.ts";
import { cpio } from "./cpio.ts";
import { cpmv } from "./cpmv.ts";
import { dd } from "./dd.ts";
import { debug } from "./debug.ts";
import { devsparts } from "./devsparts.ts";
import { df } from "./df.ts";
import { dir } from "./dir.ts";
import { dmesg } from "./dmesg.ts";
import { dropCaches } from "./drop-caches.ts";
import { du } from "./du.ts";
import { e2attrs } from "./e2attrs.ts";
import { ext2 } from "./ext2.ts";
import { f2fs } from "./f2fs.ts";
import { fallocate } from "./fallocate.ts";
import { file } from "./file.ts";
import { fileType } from "./file-type.ts";
import { filearch } from "./filearch.ts";
import { fill } from "./fill.ts";
import { find } from "./find.ts";
import { findfs } from "./findfs.ts";
import { fsMinSize } from "./fs-min-size.ts";
import { fsck } from "./fsck.ts";
import { fstrim } from "./fstrim.ts";
import { glob } from "./glob.ts";
import { gpt } from "./gpt.ts";
import { grep } from "./grep.ts";
import { grub } from "./grub.ts";
import { headtail } from "./headtail.ts";
import { hexdump } from "./hexdump.ts";
import { hivex } from "./hivex.ts";
import { initrd } from "./initrd.ts";
import { inotify } from "./inotify.ts";
import { inspect } from "./inspect.ts";
import { inspectWindows } from "./inspect-windows.ts";
import { internal } from "./internal.ts";
import { isFamily } from "./is.ts";
import { isoinfo } from "./isoinfo.ts";
import { journal } from "./journal.ts";
import { labels } from "./labels.ts";
import { ldm } from "./ldm.ts";
import { link } from "./link.ts";
import { listfs } from "./listfs.ts";
import { ls } from "./ls.ts";
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
import { mklostAndFound } from "./mklost-and-found.ts";
import { mknod } from "./mknod.ts";
import { mktemp } from "./mktemp.ts";
import { modprobe } from "./modprobe.ts";
import { mount } from "./mount.ts";
import { ntfs } from "./ntfs.ts";
import { ntfscat } from "./ntfscat.ts";
import { ntfsclone } from "./ntfsclone.ts";
import { parted } from "./parted.ts";
import { pread } from "./pread.ts";
import { pwrite } from "./pwrite.ts";
import { realpath } from "./realpath.ts";
import { rename } from "./rename.ts";
import { rpm } from "./rpm.ts";
import { rsync } from "./rsync.ts";
import { scrub } from "./scrub.ts";
import { selinux } from "./selinux.ts";
import { sfdisk } from "./sfdisk.ts";
import { sh } from "./sh.ts";
import { sleep } from "./sleep.ts";
import { sleuthkit } from "./sleuthkit.ts";
import { squashfs } from "./squashfs.ts";
import { stat } from "./stat.ts";
import { strings } from "./strings.ts";
import { swap } from "./swap.ts";
import { sync } from "./sync.ts";
import { syslinux } from "./syslinux.ts";
import { tar } from "./tar.ts";
import { truncate } from "./truncate.ts";
import { tsk } from "./tsk.ts";
import { umask } from "./umask.ts";
import { upload } from "./upload.ts";
import { uuids } from "./uuids.ts";
import { wc } from "./wc.ts";
import { writeFile } from "./write-file.ts";
import { xattr } from "./xattr.ts";
import { xfs } from "./xfs.ts";
import { yara } from "./yara.ts";
import { zero } from "./zero.ts";
import { zeroFreeSpace } from "./zero-free-space.ts";
import { zerofree } from "./zerofree.ts";

export const handlers = {
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
} satisfies HandlersOf<Actions, Context>;
