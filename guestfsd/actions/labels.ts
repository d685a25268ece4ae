/** Daemon side of schemas/actions/labels.ts. */
import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { about, ActionError } from "../errors.ts";
import { isDeviceMounted } from "../mounted-devices.ts";
import { probeDevice } from "../native/blkid.ts";

const EXT_LABEL_BYTES = 16;

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
  switch (type) {
    case "ext2":
    case "ext3":
    case "ext4":
      refuseLong(label, EXT_LABEL_BYTES);
      command.check(["e2label", device, label]);
      return;
    case "xfs":
      if (isDeviceMounted(device)) throw new ActionError("xfs: the filesystem is mounted", "EBUSY");
      command.check(["xfs_admin", "-L", label === "" ? "--" : label, device]);
      return;
    case "btrfs":
      command.check(["btrfs", "filesystem", "label", device, label]);
      return;
    case "vfat":
      command.check(label === "" ? ["fatlabel", "-r", device] : ["fatlabel", device, label]);
      return;
    case "swap":
      command.check(["swaplabel", "-L", label, device]);
      return;
    default:
      throw new ActionError(`don't know how to set the label for '${type}'`, "ENOTSUP");
  }
}

function refuseLong(label: string, most: number): void {
  const bytes = Buffer.byteLength(label);
  if (bytes > most)
    throw new ActionError(`${textFromBytes(Buffer.from(label))}: label of ${bytes} bytes is over ${most}`, "EINVAL");
}
