/** Daemon side of schemas/actions/labels.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { e2 } from "../e2fsprogs.ts";
import { about, ActionError } from "../errors.ts";
import { refuseLong, SWAP_LABEL_BYTES, XFS_LABEL_BYTES } from "../label-length.ts";
import { mountsOfDevice } from "../mounted-devices.ts";
import { probeDevice } from "../native/blkid.ts";
import { identityOptions, xfsAdmin } from "../xfs-admin.ts";

export const labels = {
  set_label({ mountable, label }, { command, devices }) {
    const { device } = parseMountable(mountable, devices);
    const type = about(devices.toApi(device), () => probeDevice(device)).get("TYPE") ?? "";
    setLabel(command, type, device, label);
  },

  set_e2label({ device, label }, { command }) {
    setLabel(command, "ext4", device, label);
  },

  get_e2label: ({ device }) => about(device, () => probeDevice(device)).get("LABEL") ?? "",
} satisfies HandlersOf<typeof families.labels, Context>;

function setLabel(command: Commands, type: string, device: string, label: string): void {
  const [mounted] = mountsOfDevice(device);
  switch (type) {
    case "ext2":
    case "ext3":
    case "ext4":
      refuseLong("ext2/3/4", label, 16);
      e2(command, ["e2label", device, label]);
      return;
    case "xfs":
      refuseLong(type, label, XFS_LABEL_BYTES);
      labelXfs(command, device, mounted, label);
      return;
    case "btrfs":
      // A mounted one is labelled through its mount point.
      command.check(["btrfs", "filesystem", "label", mounted ?? device, label]);
      return;
    case "vfat":
      command.check(label === "" ? ["fatlabel", "-r", device] : ["fatlabel", device, label]);
      return;
    case "ntfs":
      command.check(["ntfslabel", device, label]);
      return;
    case "swap":
      refuseLong(type, label, SWAP_LABEL_BYTES);
      command.check(["swaplabel", "-L", label, device]);
      return;
    default:
      throw new ActionError(`don't know how to set the label for '${type}' filesystems`, "ENOTSUP");
  }
}

function labelXfs(command: Commands, device: string, mounted: string | undefined, label: string): void {
  if (mounted === undefined) {
    xfsAdmin(command, identityOptions(label, undefined), device);
    return;
  }
  // xfs_io cuts its command at blanks and knows no quotes.
  if (/\s/.test(label)) throw new ActionError(`${label}: a mounted xfs takes no label with blanks`, "EINVAL");
  command.check(["xfs_io", "-c", label === "" ? "label -c" : `label -s ${label}`, mounted]);
}
