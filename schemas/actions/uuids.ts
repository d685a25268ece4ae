/** UUIDs of filesystems (upstream daemon/uuids.c). Reading one is vfs_uuid. */
import { defineAction } from "../action.ts";
import { device, string } from "../field.ts";
import { none, rString } from "../result.ts";

export const set_uuid = defineAction({
  proc: 403,
  summary: "set the UUID of a filesystem",
  description: "Sets the UUID of an ext, xfs or btrfs filesystem or a swap area that is not mounted.",
  args: { device: device("Block device."), uuid: string("New UUID.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTSUP"],
  since: "1.23.10",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_uuid", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["vfs_uuid", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "a3a61220-882b-4f61-89f4-cf24dcc7297d" },
    },
    {
      init: "partition",
      calls: [["set_uuid", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }]],
      expect: { errno: "ENOTSUP" },
    },
  ],
});

export const set_uuid_random = defineAction({
  proc: 456,
  summary: "give a filesystem a new UUID",
  description: "As set_uuid, with a random UUID.",
  args: { device: device("Block device.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTSUP"],
  since: "1.29.50",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_uuid_random", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["set_uuid_random", { device: "/dev/sda1" }]], expect: { errno: "ENOTSUP" } },
  ],
});

export const set_e2uuid = defineAction({
  proc: 82,
  summary: "set the UUID of an ext filesystem",
  description: "Sets the UUID of an ext filesystem; also `clear`, `random` and `time`. Superseded by set_uuid.",
  args: { device: device("Block device."), uuid: string("New UUID.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.0.15",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_e2uuid", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["get_e2uuid", { device: "/dev/sda1" }],
      ],
      expect: { result: "a3a61220-882b-4f61-89f4-cf24dcc7297d" },
    },
    {
      init: "partition",
      calls: [["set_e2uuid", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }]],
      expect: { errno: "" },
    },
  ],
});

export const get_e2uuid = defineAction({
  proc: 83,
  summary: "give the UUID of an ext filesystem",
  description: "Is vfs_uuid for ext. Superseded by it.",
  args: { device: device("Block device.") },
  ret: rString("uuid"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.0.15",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["set_e2uuid", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["get_e2uuid", { device: "/dev/sda1" }],
      ],
      expect: { result: "a3a61220-882b-4f61-89f4-cf24dcc7297d" },
    },
    { init: "disk", calls: [["get_e2uuid", { device: "/dev/sda7" }]], expect: { errno: "ENOENT" } },
  ],
});
