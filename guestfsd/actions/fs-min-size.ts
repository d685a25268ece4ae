/** Daemon side of schemas/actions/fs-min-size.ts: what the tools of each filesystem say. */
import { statfsSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { e2 } from "../e2fsprogs.ts";
import { about, ActionError } from "../errors.ts";
import { mountsOfDevice } from "../mounted-devices.ts";
import { probeDevice } from "../native/blkid.ts";
import { parseTune2fs } from "./ext2.ts";

type Estimate = (device: string, context: Context) => bigint;

const ESTIMATES: Readonly<Record<string, Estimate>> = {
  ext2: ofExt,
  ext3: ofExt,
  ext4: ofExt,
  ntfs: ofNtfs,
  btrfs: ofBtrfs,
  xfs: ofXfs,
};

export const fsMinSize = {
  vfs_minimum_size({ mountable }, context) {
    const { device } = parseMountable(mountable, context.devices);
    const shown = context.devices.toApi(device);
    const type = about(shown, () => probeDevice(device)).get("TYPE") ?? "";
    const estimate = Object.hasOwn(ESTIMATES, type) ? ESTIMATES[type] : undefined;
    if (estimate === undefined) {
      throw new ActionError(`${shown}: don't know how to get minimum size of '${type}' filesystems`, "ENOTSUP");
    }
    return about(shown, () => estimate(device, context));
  },
} satisfies HandlersOf<(typeof families)["fs-min-size"], Context>;

function ofExt(device: string, { command }: Context): bigint {
  // -f: the filesystem need not have been checked just now.
  const blocks = numberIn(e2(command, ["resize2fs", "-P", "-f", device]), /^Estimated minimum size.*: (\d+)$/m);
  const size = parseTune2fs(e2(command, ["tune2fs", "-l", device])).find(([name]) => name === "Block size");
  return blocks * BigInt(size?.[1] ?? 0);
}

function ofNtfs(device: string, { command }: Context): bigint {
  const output = command.check(["ntfsresize", "--info", "--force", "--no-progress-bar", device]);
  return numberIn(output, /^You might resize at (\d+) bytes/m);
}

function ofBtrfs(device: string, { command }: Context): bigint {
  return numberIn(command.check(["btrfs", "inspect-internal", "min-dev-size", placeOf(device)]), /^(\d+) bytes/m);
}

function ofXfs(device: string): bigint {
  const { blocks, bsize } = statfsSync(placeOf(device), { bigint: true });
  return blocks * bsize;
}

/** Where a filesystem is mounted whose tools ask the kernel. */
function placeOf(device: string): string {
  const [place] = mountsOfDevice(device);
  if (place === undefined) throw new ActionError("must be mounted to tell its minimum size", "EINVAL");
  return place;
}

function numberIn(output: string, pattern: RegExp): bigint {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new ActionError(`no size in what the program says: ${output.trim()}`);
  return BigInt(found);
}
