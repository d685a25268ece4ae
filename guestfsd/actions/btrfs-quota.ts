/** Daemon side of schemas/actions/btrfs-quota.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { withFilesystem } from "../btrfs-subvolumes.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { withGuestDirectory } from "../guest-directory.ts";

const READ_WRITE = 0;

export const btrfsQuota = {
  btrfs_quota_enable({ fs, enable }, context) {
    quota(fs, [enable ? "enable" : "disable"], context);
  },

  btrfs_quota_rescan({ fs }, context) {
    quota(fs, ["rescan", "-w"], context);
  },

  btrfs_qgroup_limit({ subvolume, size }, context) {
    if (size < 0n) throw new ActionError(`${size}: size must not be negative`, "EINVAL");
    qgroup(subvolume, ["limit", String(size)], context);
  },

  btrfs_qgroup_create({ qgroupid, subvolume }, context) {
    qgroup(subvolume, ["create", "--", qgroupid], context);
  },

  btrfs_qgroup_destroy({ qgroupid, subvolume }, context) {
    qgroup(subvolume, ["destroy", "--", qgroupid], context);
  },

  btrfs_qgroup_show: ({ path }, context) => parseQgroups(qgroup(path, ["show", "--raw"], context)),

  btrfs_qgroup_assign({ src, dst, path }, context) {
    qgroup(path, ["assign", "--", src, dst], context);
  },

  btrfs_qgroup_remove({ src, dst, path }, context) {
    qgroup(path, ["remove", "--", src, dst], context);
  },
} satisfies HandlersOf<(typeof families)["btrfs-quota"], Context>;

/** `0/5  16384  16384  <toplevel>` lines below a head: id, bytes referred to, bytes of its own. Exported for tests. */
export function parseQgroups(
  text: string,
): readonly Readonly<Record<"btrfsqgroup_rfer" | "btrfsqgroup_excl", bigint> & { btrfsqgroup_id: string }>[] {
  return [...text.matchAll(/^\s*(\d+\/\d+)\s+(\d+)\s+(\d+)/gm)].map(([, id = "", referred = "", own = ""]) => ({
    btrfsqgroup_id: id,
    btrfsqgroup_rfer: BigInt(referred),
    btrfsqgroup_excl: BigInt(own),
  }));
}

function quota(fs: string, argv: readonly string[], context: Context): void {
  withFilesystem(context, fs, (path) => context.command.check(["btrfs", "quota", ...argv, path]), READ_WRITE);
}

function qgroup(place: string, argv: readonly string[], { command, sysroot }: Context): string {
  return withGuestDirectory(sysroot, place, (path) => command.check(["btrfs", "qgroup", ...argv, path]));
}
