/** Parts of a filesystem read without mounting it (upstream daemon/sleuthkit.c). */
import { defineAction } from "../action.ts";
import { bool, fileOut, int64, mountable } from "../field.ts";
import { none } from "../result.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

const device = mountable("Filesystem; not to be mounted for this.");
const common = { effect: "read", group: "sleuthkit", errors: ["EINVAL", "ENOENT"] } as const;
const applianceOnly = "needs a device";

/** A file in inode 12, the first that is free, with its one block. */
const filesystem: readonly Call[] = [
  ["mke2fs", { device: "/dev/sda1", fstype: "ext2", blocksize: 1024 }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
  ["internal_write", { path: "/file", content: "text of a file" }],
  ["umount_all"],
];

export const download_inode = defineAction({
  proc: 464,
  summary: "send the content of an inode",
  description:
    "Sends what an inode holds, whether a name leads to it or not: content of deleted files, where it is still there.",
  args: { device, inode: int64("Number of the inode."), filename: fileOut("Where the content goes.") },
  ret: none(),
  ...common,
  since: "1.33.14",
  tests: [
    {
      init: "partition",
      calls: [...filesystem, ["download_inode", { device: "/dev/sda1", inode: 12 }]],
      expect: { result: "text of a file" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [...filesystem, ["download_inode", { device: "/dev/sda1", inode: 99999999 }]],
      expect: { errno: "" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [["download_inode", { device: "/dev/sda1", inode: -1 }]],
      expect: { errno: "EINVAL" },
      applianceOnly,
    },
  ],
});

export const download_blocks = defineAction({
  proc: 468,
  summary: "send data units of a filesystem",
  description:
    "Sends the data units (blocks, clusters) of a range, the last one included; with `unallocated` only those of them that belong to no file now.",
  args: {
    device,
    start: int64("First unit."),
    stop: int64("Last unit; greater than the first."),
    filename: fileOut("Where the data goes."),
  },
  optargs: { unallocated: bool("Only units that are not in use; false when not given.") },
  ret: none(),
  ...common,
  since: "1.33.45",
  tests: [
    {
      init: "partition",
      calls: [...filesystem, ["download_blocks", { device: "/dev/sda1", start: 0, stop: 4000, unallocated: false }]],
      expect: { contains: "text of a file" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [...filesystem, ["download_blocks", { device: "/dev/sda1", start: 0, stop: 4000, unallocated: true }]],
      expect: { matches: "^(?!.*text of a file)" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [...filesystem, ["download_blocks", { device: "/dev/sda1", start: 9, stop: 9 }]],
      expect: { errno: "EINVAL" },
      applianceOnly,
    },
  ],
});
