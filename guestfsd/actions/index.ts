/** Every handler: the families composed. A missing or wrongly typed handler is a compile error here or in its family. */
import type { Actions, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { augeas } from "./augeas.ts";
import { available } from "./available.ts";
import { blkid } from "./blkid.ts";
import { blockdev } from "./blockdev.ts";
import { checksum } from "./checksum.ts";
import { cpmv } from "./cpmv.ts";
import { devsparts } from "./devsparts.ts";
import { dir } from "./dir.ts";
import { ext2 } from "./ext2.ts";
import { file } from "./file.ts";
import { find } from "./find.ts";
import { internal } from "./internal.ts";
import { isFamily } from "./is.ts";
import { link } from "./link.ts";
import { listfs } from "./listfs.ts";
import { luks } from "./luks.ts";
import { lvm } from "./lvm.ts";
import { mkfs } from "./mkfs.ts";
import { mknod } from "./mknod.ts";
import { mount } from "./mount.ts";
import { parted } from "./parted.ts";
import { selinux } from "./selinux.ts";
import { sh } from "./sh.ts";
import { stat } from "./stat.ts";
import { swap } from "./swap.ts";
import { sync } from "./sync.ts";
import { tar } from "./tar.ts";
import { truncate } from "./truncate.ts";
import { umask } from "./umask.ts";
import { upload } from "./upload.ts";
import { xattr } from "./xattr.ts";

export const handlers = {
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
} satisfies HandlersOf<Actions, Context>;
