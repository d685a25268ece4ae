/** NTFS: probe, repair, resize, modes (upstream daemon/ntfs.c). */
import { defineAction } from "../action.ts";
import { bool, device, int64, mode, string } from "../field.ts";
import { none, rInt } from "../result.ts";

export const ntfs_3g_probe = defineAction({
  proc: 110,
  summary: "tell whether an NTFS filesystem can be mounted",
  description:
    "Gives the status of ntfs-3g.probe(8): 0 where a mount would succeed, else a number that tells why not, for example 12 " +
    "where there is no NTFS, 14 for a hibernated Windows, 15 for one that was not shut down.",
  args: { rw: bool("Whether to mount for writing."), device: device("Block device.") },
  ret: rInt("status"),
  effect: "read",
  group: "ntfs3g",
  errors: ["ENOENT"],
  since: "1.0.43",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfs_3g_probe", { rw: true, device: "/dev/sda1" }],
      ],
      expect: { result: 0 },
    },
    { init: "partition", calls: [["ntfs_3g_probe", { rw: false, device: "/dev/sda1" }]], expect: { result: 12 } },
    { init: "disk", calls: [["ntfs_3g_probe", { rw: true, device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});

export const ntfsfix = defineAction({
  proc: 307,
  summary: "repair simple errors of an NTFS filesystem",
  description:
    "Repairs some simple errors, empties the journal, and has Windows check the filesystem when it starts next. It is no " +
    "chkdsk.",
  args: { device: device("Block device.") },
  optargs: { clearbadsectors: bool("Empty the list of bad sectors, for a copy on a sound disk.") },
  ret: none(),
  effect: "write",
  group: "ntfs3g",
  errors: ["ENOENT"],
  since: "1.17.9",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfsfix", { device: "/dev/sda1", clearbadsectors: true }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["ntfsfix", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const ntfsresize = defineAction({
  proc: 288,
  summary: "resize an NTFS filesystem",
  description:
    "Makes the filesystem as large as its device, or gives it a size. Windows checks it when it starts next, and before that " +
    "only force resizes it again.",
  args: { device: device("Block device.") },
  optargs: {
    size: int64("New size in bytes; as large as the device when not given."),
    force: bool("Resize one that is marked for a check."),
  },
  ret: none(),
  effect: "write",
  group: "ntfsprogs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfsresize", { device: "/dev/sda1", size: 104857600 }],
        ["ntfsresize", { device: "/dev/sda1", force: true }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfsresize", { device: "/dev/sda1", size: 104857600 }],
        ["ntfsresize", { device: "/dev/sda1" }],
      ],
      expect: { errno: "" },
    },
    {
      init: "partition",
      calls: [["ntfsresize", { device: "/dev/sda1", size: 0 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const ntfsresize_size = defineAction({
  proc: 250,
  summary: "resize an NTFS filesystem",
  description: "Is ntfsresize with size. Superseded by it.",
  args: { device: device("Block device."), size: int64("New size in bytes.") },
  ret: none(),
  effect: "write",
  group: "ntfsprogs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.3.14",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfsresize_size", { device: "/dev/sda1", size: 104857600 }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [["ntfsresize_size", { device: "/dev/sda1", size: 104857600 }]],
      expect: { errno: "" },
    },
  ],
});

export const ntfs_chmod = defineAction({
  proc: 520,
  summary: "set the mode of a file of an NTFS filesystem",
  description:
    "Gives a file or directory of a filesystem that is not mounted the permissions that stand for a Unix mode. Those of " +
    "Windows that it had are lost.",
  args: {
    device: device("Block device."),
    mode: mode("Mode, for example `0755`."),
    path: string("Path on the filesystem."),
  },
  optargs: { recursive: bool("Whether to do so with all below a directory.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "ntfs3g",
  errors: ["EINVAL", "ENOENT"],
  since: "1.55.13",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["mkdir_p", { path: "/dir/sub" }],
        ["umount_all"],
        ["ntfs_chmod", { device: "/dev/sda1", mode: "0750", path: "/dir", recursive: true }],
        ["mount_options", { options: "permissions", mountable: "/dev/sda1", mountpoint: "/" }],
        ["statns", { path: "/dir/sub" }],
      ],
      expect: { matches: '"st_mode":16872,' },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfs_chmod", { device: "/dev/sda1", mode: "0755", path: "/none" }],
      ],
      expect: { errno: "" },
    },
  ],
});
