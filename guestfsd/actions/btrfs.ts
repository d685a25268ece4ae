/** Daemon side of schemas/actions/btrfs.ts. Places in the guest go to btrfs(8) resolved (guest-directory.ts). */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { withGuestDirectory, withGuestPath } from "../guest-directory.ts";
import { wipeSignatures } from "../native/blkid.ts";

const COMPRESSIONS: readonly string[] = ["zlib", "lzo", "zstd"];

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

  btrfs_filesystem_sync({ fs }, { command, sysroot }) {
    withGuestDirectory(sysroot, fs, (path) => command.check(["btrfs", "filesystem", "sync", path]));
  },

  btrfs_filesystem_defragment({ path, flush, compress }, { command, sysroot }) {
    if (compress !== undefined && !COMPRESSIONS.includes(compress)) {
      throw new ActionError(`unknown compress method: ${compress}`, "EINVAL");
    }
    const options = [...(flush === true ? ["-f"] : []), ...(compress === undefined ? [] : [`-c${compress}`])];
    withGuestPath(sysroot, path, (real) =>
      command.check(["btrfs", "filesystem", "defragment", "-r", ...options, real]),
    );
  },

  btrfs_filesystem_show: ({ device }, { command }) =>
    parseFilesystemShow(command.check(["btrfs", "filesystem", "show", device])),

  btrfs_device_add({ devices, fs }, { command, sysroot }) {
    if (devices.length === 0) return;
    withGuestDirectory(sysroot, fs, (path) => command.check(["btrfs", "device", "add", "--force", ...devices, path]));
  },

  btrfs_device_delete({ devices, fs }, { command, sysroot }) {
    if (devices.length === 0) return;
    withGuestDirectory(sysroot, fs, (path) => command.check(["btrfs", "device", "delete", ...devices, path]));
  },

  btrfs_replace({ srcdev, targetdev, mntpoint }, { command, sysroot }) {
    withGuestDirectory(sysroot, mntpoint, (path) =>
      command.check(["btrfs", "replace", "start", "-B", "-f", srcdev, targetdev, path]),
    );
  },
} satisfies HandlersOf<typeof families.btrfs, Context>;

/**
 * Devices from `devid    1 size 1.00GiB used 88.00MiB path /dev/sda1` lines. Exported for tests.
 *
 * @throws ActionError ENODEV where a device is missing
 */
export function parseFilesystemShow(text: string): readonly string[] {
  if (/\bMISSING$|^\s*\*{3} Some devices missing/im.test(text)) {
    throw new ActionError("some devices of the filesystem are missing", "ENODEV");
  }
  return [...text.matchAll(/^\s*devid\s.*\spath (\S.*)$/gm)].flatMap(([, device]) =>
    device === undefined ? [] : [device],
  );
}

const option = (name: string, value: string | number | bigint | undefined): readonly string[] =>
  value === undefined ? [] : [name, String(value)];
