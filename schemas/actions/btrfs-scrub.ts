/** btrfs: scrub, which reads everything and repairs what fails its checksum (upstream daemon/btrfs.c). */
import { defineAction, type ActionTest } from "../action.ts";
import { bool, pathname } from "../field.ts";
import { none, rStruct } from "../result.ts";
import { structs } from "../structs.ts";

const mounted: ActionTest["calls"] = [
  ["mkfs", { fstype: "btrfs", device: "/dev/sda1" }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
];
const ENDS_AT_ONCE = "a scrub of the filesystem of these tests ends before the next call";

export const btrfs_scrub_start = defineAction({
  proc: 435,
  summary: "begin a scrub",
  description: "Begins a scrub of a mounted filesystem, which goes on after the call.",
  args: { path: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [
    { init: "partition", calls: [...mounted, ["btrfs_scrub_start", { path: "/" }]], expect: { succeeds: true } },
    {
      init: "partition",
      calls: [...mounted, ["btrfs_scrub_start", { path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const btrfs_scrub_full = defineAction({
  proc: 518,
  summary: "scrub a filesystem",
  description: "Scrubs a mounted filesystem and ends when that is done. Damage that cannot be repaired is an error.",
  args: { path: pathname("Place where it is mounted.") },
  optargs: { readonly: bool("Whether to look only, and repair nothing.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.55.12",
  tests: [
    {
      init: "partition",
      calls: [
        ...mounted,
        ["internal_write", { path: "/file", content: "hello" }],
        ["btrfs_scrub_full", { path: "/", readonly: true }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [...mounted, ["btrfs_scrub_full", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const btrfs_scrub_cancel = defineAction({
  proc: 436,
  summary: "cancel a scrub",
  description: "Stops the scrub that runs on a filesystem; btrfs_scrub_resume goes on with it.",
  args: { path: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [{ init: "partition", calls: [...mounted, ["btrfs_scrub_cancel", { path: "/" }]], expect: { errno: "" } }],
  testExcuse: ENDS_AT_ONCE,
});

export const btrfs_scrub_resume = defineAction({
  proc: 437,
  summary: "go on with a scrub",
  description: "Goes on with a scrub that was cancelled or interrupted.",
  args: { path: pathname("Place where it is mounted.") },
  ret: none(),
  effect: "write",
  unseen: true,
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.22",
  tests: [{ init: "partition", calls: [...mounted, ["btrfs_scrub_resume", { path: "/" }]], expect: { errno: "" } }],
  testExcuse: ENDS_AT_ONCE,
});

export const btrfs_scrub_status = defineAction({
  proc: 449,
  summary: "tell what a scrub has found",
  description: "Gives the counts of the scrub that runs on a filesystem or was the last to run in this appliance.",
  args: { path: pathname("Place where it is mounted.") },
  ret: rStruct("status", structs.btrfsscrub),
  effect: "read",
  group: "btrfs",
  errors: ["ENOENT"],
  since: "1.29.26",
  tests: [
    {
      init: "partition",
      calls: [
        ...mounted,
        ["internal_write", { path: "/file", content: "hello" }],
        ["btrfs_scrub_full", { path: "/" }],
        ["btrfs_scrub_status", { path: "/" }],
      ],
      expect: { matches: '"btrfsscrub_tree_extents_scrubbed":[1-9].*"btrfsscrub_csum_errors":0,' },
    },
    {
      init: "partition",
      calls: [...mounted, ["btrfs_scrub_status", { path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
