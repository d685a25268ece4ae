/** The schema of `disks:`. What it cannot say is in check.ts. */
import { choice, closed, eitherOf, flag, integer, listOf, matching, type FromSchema } from "../../schemas/index.ts";
import { TYPE_NAMES, TYPE_PATTERN } from "./partition-type.ts";
import { BYTES_PATTERN, SIZE_PATTERN } from "./size.ts";

const tag = matching("^[a-z][a-z0-9-]*$", "Name by which steps can refer to the device.");
const bytes = eitherOf(
  matching(BYTES_PATTERN, "Number with K, M, G or T (powers of 1024)."),
  integer("Bytes.", 1),
  "A size.",
);
const share = eitherOf(
  matching(SIZE_PATTERN, 'Number with K, M, G or T (powers of 1024), a percentage, or "rest".'),
  integer("Bytes.", 1),
  'Size: such as 512M, 40% (of the space in the table or group), or "rest" (one of them).',
);

/** What is made in a partition or a logical volume. */
const content = {
  filesystem: choice(["ext2", "ext3", "ext4", "xfs", "btrfs", "vfat"], "Filesystem to make."),
  label: matching("^[^\\s/:]{1,16}$", "Label of the filesystem or swap space."),
  mount: matching("^/([^/\\s]+(/[^/\\s]+)*)?$", "Where it is mounted, in the guest and while the recipe runs."),
  options: matching("^[^\\s#]+$", "Mount options for fstab. Default: by filesystem."),
  swap: flag("Make swap space. Default: false."),
} as const;

const volume = closed(
  {
    tag,
    name: matching("^[A-Za-z0-9+_.][A-Za-z0-9+_.-]*$", "Name of the logical volume."),
    size: share,
    min: bytes,
    max: bytes,
    ...content,
  },
  ["name", "size"],
);

const partition = closed(
  {
    tag,
    size: share,
    min: bytes,
    max: bytes,
    type: matching(
      TYPE_PATTERN,
      `Type: ${TYPE_NAMES.join(", ")}, a GUID (GPT) or an id such as 0x83 (MBR). Default: what the content needs, else linux.`,
    ),
    name: matching("^[ -~]{1,36}$", "Partition name (GPT only)."),
    bootable: flag("Mark as bootable. Default: false."),
    ...content,
    lvm: closed(
      {
        group: matching("^[A-Za-z0-9+_.][A-Za-z0-9+_.-]*$", "Volume group that the partition belongs to."),
        volumes: listOf(volume, "Logical volumes of the group; given with one of its partitions."),
      },
      ["group"],
      "Makes the partition a physical volume of LVM.",
    ),
  },
  ["size"],
);

const disk = closed(
  {
    tag,
    size: eitherOf(
      matching(BYTES_PATTERN, "Number with K, M, G or T (powers of 1024)."),
      integer("Bytes.", 1),
      "Size of the disk when gild makes it, and the least size of one that exists.",
    ),
    table: choice(["gpt", "mbr"], "Partition table."),
    partitions: listOf(partition, "Partitions in the order of the disk."),
  },
  ["table", "partitions"],
);

export const disksSchema = {
  type: "array",
  description: "The layout of blank disks: the first for the first disk, and so on.",
  minItems: 1,
  items: disk,
} as const;

export type Disks = FromSchema<typeof disksSchema>;
export type Disk = Disks[number];
export type Partition = Disk["partitions"][number];
export type Volume = FromSchema<typeof volume>;
export type Content = Pick<Volume, "filesystem" | "label" | "mount" | "options" | "swap">;
