/** btrfs: balance, which spreads what is stored over the devices (upstream daemon/btrfs.c). */
import { defineAction, type ActionTest } from "../action.ts";
import { pathname } from "../field.ts";
import { none, rStruct } from "../result.ts";
import { structs } from "../structs.ts";

const mounted: ActionTest["calls"] = [
  ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
];
const NOTHING_RUNS = "a balance runs while its call waits, so that no call of a test can meet one";

export const btrfs_filesystem_balance = defineAction({
  proc: 328,
  summary: "balance a btrfs filesystem",
  description: "Writes everything anew, spread over all devices of the filesystem. Ends when the balance does.",
  args: { fs: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.17.35",
  tests: [
    { init: "partition", calls: [...mounted, ["btrfs_filesystem_balance", { fs: "/" }]], expect: { succeeds: true } },
    {
      init: "partition",
      calls: [...mounted, ["btrfs_filesystem_balance", { fs: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const btrfs_balance_pause = defineAction({
  proc: 438,
  summary: "pause a balance",
  description: "Pauses the balance that runs on a filesystem; btrfs_balance_resume goes on with it.",
  args: { path: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [{ init: "partition", calls: [...mounted, ["btrfs_balance_pause", { path: "/" }]], expect: { errno: "" } }],
  testExcuse: NOTHING_RUNS,
});

export const btrfs_balance_cancel = defineAction({
  proc: 439,
  summary: "cancel a balance",
  description: "Ends the balance that runs or is paused on a filesystem.",
  args: { path: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [{ init: "partition", calls: [...mounted, ["btrfs_balance_cancel", { path: "/" }]], expect: { errno: "" } }],
  testExcuse: NOTHING_RUNS,
});

export const btrfs_balance_resume = defineAction({
  proc: 440,
  summary: "go on with a paused balance",
  description: "Goes on with the paused balance of a filesystem. Ends when the balance does.",
  args: { path: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [{ init: "partition", calls: [...mounted, ["btrfs_balance_resume", { path: "/" }]], expect: { errno: "" } }],
  testExcuse: NOTHING_RUNS,
});

export const btrfs_balance_status = defineAction({
  proc: 448,
  summary: "tell how far a balance is",
  description:
    "Gives the state, `none`, `running` or `paused`, the number of chunks in all, balanced and considered, and the " +
    "percentage that is left.",
  args: { path: pathname("Place where it is mounted.") },
  ret: rStruct("status", structs.btrfsbalance),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.26",
  tests: [
    {
      init: "partition",
      calls: [...mounted, ["btrfs_balance_status", { path: "/" }]],
      expect: {
        result: {
          btrfsbalance_status: "none",
          btrfsbalance_total: 0,
          btrfsbalance_balanced: 0,
          btrfsbalance_considered: 0,
          btrfsbalance_left: 0,
        },
      },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["btrfs_balance_status", { path: "/" }],
      ],
      expect: { errno: "" },
    },
  ],
});
