/** Daemon side of schemas/actions/btrfs-check.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Commands, Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { writeGuestFile } from "../guest-file.ts";

/** `btrfs rescue super-recover`: 0 is nothing to repair, 2 is repaired. */
const RECOVERED = [0, 2];

export const btrfsCheck = {
  btrfs_fsck({ device, superblock, repair }, { command }) {
    if (superblock !== undefined && superblock < 0n) throw new ActionError("super block offset must be >= 0", "EINVAL");
    const options = superblock === undefined ? [] : ["--super", String(superblock)];
    command.check(["btrfs", "check", ...options, ...(repair === true ? ["--repair"] : []), device]);
  },

  btrfs_rescue_chunk_recover({ device }, { command }) {
    command.check(["btrfs", "rescue", "chunk-recover", "-y", device]);
  },

  btrfs_rescue_super_recover({ device }, { command }) {
    const argv = ["btrfs", "rescue", "super-recover", "-y", device];
    const result = command.run(argv);
    if (!RECOVERED.includes(result.status)) throw failed(argv, result);
  },

  btrfs_set_seeding({ device, seeding }, { command }) {
    setSeeding(command, device, seeding);
  },

  btrfstune_seeding({ device, seeding }, { command }) {
    setSeeding(command, device, seeding);
  },

  btrfstune_enable_extended_inode_refs({ device }, { command }) {
    command.check(["btrfstune", "-r", device]);
  },

  btrfstune_enable_skinny_metadata_extent_refs({ device }, { command }) {
    command.check(["btrfstune", "-x", device]);
  },

  btrfs_image({ source, image, compresslevel }, { command, sysroot }) {
    if (source.length === 0) throw new ActionError("list of sources must be non-empty", "EINVAL");
    const options = compresslevel === undefined ? [] : ["-c", String(compresslevel)];
    // To its standard output: where the file is in the guest is nothing it could be told.
    writeGuestFile(sysroot, image, command.stream(["btrfs-image", ...options, ...source, "-"]));
  },
} satisfies HandlersOf<(typeof families)["btrfs-check"], Context>;

/** Clearing the flag is asked back without -f. */
function setSeeding(command: Commands, device: string, seeding: boolean): void {
  command.check(["btrfstune", ...(seeding ? ["-S", "1"] : ["-f", "-S", "0"]), device]);
}
