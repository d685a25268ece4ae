/** Checking any filesystem (upstream daemon/fsck.c). */
import { defineAction } from "../action.ts";
import { device, string } from "../field.ts";
import { rInt } from "../result.ts";

export const fsck = defineAction({
  proc: 84,
  summary: "check and repair a filesystem",
  description:
    "Runs `fsck -a -t FSTYPE DEVICE` and gives its status, a sum: 0 no errors, 1 errors corrected, 2 reboot wanted, 4 errors left, 8 fsck itself failed, as for a mounted filesystem. `e2fsck` and its like say more.",
  args: { fstype: string("Type of the filesystem, for example `ext4`."), device: device("Device.") },
  ret: rInt("status"),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "ENOTSUP"],
  since: "1.0.16",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["fsck", { fstype: "ext4", device: "/dev/sda1" }],
      ],
      expect: { result: 0 },
    },
    { init: "partition", calls: [["fsck", { fstype: "ext4", device: "/dev/sda1" }]], expect: { result: 8 } },
    { init: "partition", calls: [["fsck", { fstype: "nosuch", device: "/dev/sda1" }]], expect: { errno: "ENOTSUP" } },
    { init: "none", calls: [["fsck", { fstype: "ext4", device: "/dev/none" }]], expect: { errno: "ENOENT" } },
  ],
});
