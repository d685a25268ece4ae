/** btrfs: quota groups (upstream daemon/btrfs.c). */
import { defineAction, type ActionTest } from "../action.ts";
import { bool, int64, mountableOrPath, pathname, string } from "../field.ts";
import { none, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

const QGROUP = "Id of the group: `LEVEL/NUMBER`, level 0 for the groups of subvolumes.";
const mounted: ActionTest["calls"] = [
  ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
];
const withQuota: ActionTest["calls"] = [...mounted, ["btrfs_quota_enable", { fs: "/", enable: true }]];
const withGroup: ActionTest["calls"] = [
  ...withQuota,
  ["btrfs_subvolume_create", { dest: "/sub" }],
  ["btrfs_qgroup_create", { qgroupid: "1/100", subvolume: "/" }],
];

export const btrfs_quota_enable = defineAction({
  proc: 427,
  summary: "turn quota of a btrfs filesystem on or off",
  description: "Turns the accounting by quota groups on or off.",
  args: {
    fs: mountableOrPath("Place where it is mounted, or mountable."),
    enable: bool("Whether to turn it on."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
        ["btrfs_quota_enable", { fs: "/dev/sda1", enable: true }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_qgroup_show", { path: "/" }],
      ],
      expect: { contains: "0/5" },
    },
    {
      init: "partition",
      calls: [...withQuota, ["btrfs_quota_enable", { fs: "/", enable: false }], ["btrfs_qgroup_show", { path: "/" }]],
      expect: { errno: "" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["btrfs_quota_enable", { fs: "/dev/sda1", enable: true }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const btrfs_quota_rescan = defineAction({
  proc: 428,
  summary: "count the quota of a btrfs filesystem again",
  description: "Walks the filesystem and counts anew what each quota group uses. Ends when the count does.",
  args: { fs: mountableOrPath("Place where it is mounted, or mountable.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    { init: "partition", calls: [...withQuota, ["btrfs_quota_rescan", { fs: "/" }]], expect: { succeeds: true } },
    { init: "partition", calls: [...mounted, ["btrfs_quota_rescan", { fs: "/" }]], expect: { errno: "" } },
  ],
});

export const btrfs_qgroup_limit = defineAction({
  proc: 429,
  summary: "limit the size of a subvolume",
  description: "Limits what the quota group of a subvolume may hold.",
  args: { subvolume: pathname("Path of the subvolume."), size: int64("Most that it may hold, in bytes.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["EINVAL", "ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [
        ...withGroup,
        ["btrfs_qgroup_limit", { subvolume: "/sub", size: 1048576 }],
        ["internal_write", { path: "/sub/file", content: "x".repeat(2 << 20) }],
      ],
      expect: { errno: "EDQUOT" },
    },
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_limit", { subvolume: "/sub", size: 10485760 }]],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_limit", { subvolume: "/sub", size: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const btrfs_qgroup_create = defineAction({
  proc: 430,
  summary: "make a quota group",
  description: "Makes a quota group. The groups of subvolumes, `0/ID`, are there of themselves.",
  args: { qgroupid: string(QGROUP), subvolume: pathname("Path on the filesystem.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_show", { path: "/" }]],
      expect: { contains: "1/100" },
    },
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_create", { qgroupid: "1/100", subvolume: "/" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_qgroup_destroy = defineAction({
  proc: 431,
  summary: "remove a quota group",
  description: "Removes a quota group.",
  args: { qgroupid: string(QGROUP), subvolume: pathname("Path on the filesystem.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [
        ...withGroup,
        ["btrfs_qgroup_destroy", { qgroupid: "1/100", subvolume: "/" }],
        ["btrfs_qgroup_show", { path: "/" }],
      ],
      expect: { matches: '^(?!.*"1/100")' },
    },
    {
      init: "partition",
      calls: [...withQuota, ["btrfs_qgroup_destroy", { qgroupid: "1/100", subvolume: "/" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_qgroup_show = defineAction({
  proc: 432,
  summary: "list the quota groups",
  description: "Gives every quota group with what its members use together and alone, in bytes.",
  args: { path: pathname("Path on the filesystem.") },
  ret: rStructList("qgroups", structs.btrfsqgroup),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [...withQuota, ["btrfs_quota_rescan", { fs: "/" }], ["btrfs_qgroup_show", { path: "/" }]],
      expect: { result: [{ btrfsqgroup_id: "0/5", btrfsqgroup_rfer: 16384, btrfsqgroup_excl: 16384 }] },
    },
    { init: "partition", calls: [...mounted, ["btrfs_qgroup_show", { path: "/" }]], expect: { errno: "" } },
  ],
});

export const btrfs_qgroup_assign = defineAction({
  proc: 433,
  summary: "put a quota group into another",
  description: "Makes a quota group a member of one of a higher level.",
  args: {
    src: string("Id of the member."),
    dst: string("Id of the group it becomes a member of."),
    path: pathname("Path on the filesystem."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_assign", { src: "0/256", dst: "1/100", path: "/" }]],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_assign", { src: "1/100", dst: "0/256", path: "/" }]],
      expect: { errno: "" },
    },
  ],
});

export const btrfs_qgroup_remove = defineAction({
  proc: 434,
  summary: "take a quota group out of another",
  description: "Ends the membership of a quota group in another.",
  args: {
    src: string("Id of the member."),
    dst: string("Id of the group it is a member of."),
    path: pathname("Path on the filesystem."),
  },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.17",
  tests: [
    {
      init: "partition",
      calls: [
        ...withGroup,
        ["btrfs_qgroup_assign", { src: "0/256", dst: "1/100", path: "/" }],
        ["btrfs_qgroup_remove", { src: "0/256", dst: "1/100", path: "/" }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [...withGroup, ["btrfs_qgroup_remove", { src: "0/256", dst: "1/100", path: "/" }]],
      expect: { errno: "" },
    },
  ],
});
