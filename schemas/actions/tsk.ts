/** What a filesystem holds and has held, read without mounting it (upstream daemon/tsk.c). */
import { defineAction } from "../action.ts";
import { fileOut, int64, mountable } from "../field.ts";
import { none } from "../result.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

const device = mountable("Filesystem; not to be mounted for this.");
const filename = fileOut("Where the structs go.");
const common = { effect: "read", group: "libtsk", errors: ["ENOENT"] } as const;
const applianceOnly = "needs a device";

/** A directory with a file in it; the root is inode 2, the first one made 11 is lost+found. */
const filesystem: readonly Call[] = [
  ["mke2fs", { device: "/dev/sda1", fstype: "ext4" }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
  ["mkdir", { path: "/folder" }],
  ["internal_write", { path: "/folder/file", content: "text" }],
  ["umount_all"],
];

export const internal_filesystem_walk = defineAction({
  proc: 466,
  summary: "all names in a filesystem, deleted ones too",
  description:
    "Sends a tsk_dirent struct (XDR) for every name, one after the other, in no order. Internal: the library's filesystem_walk takes them apart.",
  args: { device, filename },
  ret: none(),
  ...common,
  since: "1.33.39",
  tests: [
    {
      init: "partition",
      calls: [...filesystem, ["internal_filesystem_walk", { device: "/dev/sda1" }]],
      expect: { contains: "folder/file" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [["internal_filesystem_walk", { device: "/dev/sda1" }]],
      expect: { errno: "" },
      applianceOnly,
    },
    {
      init: "none",
      calls: [["internal_filesystem_walk", { device: "/dev/none" }]],
      expect: { errno: "ENOENT" },
      applianceOnly,
    },
  ],
});

export const internal_find_inode = defineAction({
  proc: 470,
  summary: "names of an inode in a filesystem, deleted ones too",
  description:
    "As internal_filesystem_walk, of the names that lead to an inode. Internal: the library's find_inode takes them apart.",
  args: { device, inode: int64("Number of the inode."), filename },
  ret: none(),
  ...common,
  since: "1.35.6",
  tests: [
    {
      init: "partition",
      calls: [...filesystem, ["internal_find_inode", { device: "/dev/sda1", inode: 11 }]],
      expect: { contains: "lost+found" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [...filesystem, ["internal_find_inode", { device: "/dev/sda1", inode: 9999 }]],
      expect: { result: "" },
      applianceOnly,
    },
    {
      init: "partition",
      calls: [["internal_find_inode", { device: "/dev/sda1", inode: -1 }]],
      expect: { errno: "EINVAL" },
      applianceOnly,
    },
  ],
});
