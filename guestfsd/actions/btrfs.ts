/** Daemon side of schemas/actions/btrfs.ts. Places in the guest go to btrfs(8) resolved (guest-directory.ts). */
import { join, parse } from "node:path";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { defaultSubvolume, subvolumes } from "../btrfs-subvolumes.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { withGuestDirectory } from "../guest-directory.ts";
import { wipeSignatures } from "../native/blkid.ts";

export const btrfs = {
  mkfs_btrfs(args, { command, devices }) {
    const { devices: targets, bytecount, datatype, label, leafsize, metadata, nodesize = leafsize, sectorsize } = args;
    if (targets.length === 0) throw new ActionError("the list of devices is empty", "EINVAL");
    for (const device of targets) {
      about(devices.toApi(device), () => {
        wipeSignatures(device);
      });
    }
    const options = [
      ...option("--byte-count", bytecount),
      ...option("--data", datatype),
      ...option("--label", label),
      ...option("--metadata", metadata),
      ...option("--nodesize", nodesize),
      ...option("--sectorsize", sectorsize),
    ];
    command.check(["mkfs.btrfs", "-q", "-f", ...options, ...targets]);
  },

  btrfs_filesystem_resize({ mountpoint, size }, { command, sysroot }) {
    const wanted = size === undefined ? "max" : String(size);
    withGuestDirectory(sysroot, mountpoint, (path) => command.check(["btrfs", "filesystem", "resize", wanted, path]));
  },

  btrfs_subvolume_create({ dest, qgroupid }, { command, sysroot }) {
    const { dir, base } = parse(dest);
    if (["", ".", ".."].includes(base)) throw failure(dest, "EEXIST");
    withGuestDirectory(sysroot, dir, (path) =>
      command.check(["btrfs", "subvolume", "create", ...option("-i", qgroupid), join(path, base)]),
    );
  },

  btrfs_subvolume_delete({ subvolume }, { command, sysroot }) {
    withGuestDirectory(sysroot, subvolume, (path) => command.check(["btrfs", "subvolume", "delete", path]));
  },

  btrfs_subvolume_list: ({ fs }, context) =>
    subvolumes(fs, context).map(({ id, topLevelId, path }) => ({
      btrfssubvolume_id: id,
      btrfssubvolume_top_level_id: topLevelId,
      btrfssubvolume_path: path,
    })),

  btrfs_subvolume_get_default: ({ fs }, context) => defaultSubvolume(fs, context),

  btrfs_subvolume_set_default({ id, fs }, { command, sysroot }) {
    withGuestDirectory(sysroot, fs, (path) => command.check(["btrfs", "subvolume", "set-default", String(id), path]));
  },
} satisfies HandlersOf<typeof families.btrfs, Context>;

const option = (name: string, value: string | number | bigint | undefined): readonly string[] =>
  value === undefined ? [] : [name, String(value)];
