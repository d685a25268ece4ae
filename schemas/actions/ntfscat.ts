/** Files of NTFS by number (upstream daemon/ntfs.c). */
import { defineAction } from "../action.ts";
import { fileOut, int64, mountable } from "../field.ts";
import { none } from "../result.ts";

export const ntfscat_i = defineAction({
  proc: 463,
  summary: "download a file of an NTFS filesystem by its number",
  description:
    "Gives the content of a file by its number in the master file table, also of those that have no name in a mounted filesystem. The filesystem must not be mounted.",
  args: {
    device: mountable("Device with the filesystem."),
    inode: int64("Number of the file, for example 0 for `$MFT`."),
    filename: fileOut("Host file to fill."),
  },
  ret: none(),
  effect: "read",
  errors: ["EBUSY", "EINVAL", "ENOENT"],
  since: "1.33.14",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfscat_i", { device: "/dev/sda1", inode: 0 }],
      ],
      expect: { matches: "^FILE" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfscat_i", { device: "/dev/sda1", inode: 99999 }],
      ],
      expect: { errno: "" },
    },
    {
      init: "partition",
      calls: [["ntfscat_i", { device: "/dev/sda1", inode: -1 }]],
      expect: { errno: "EINVAL" },
    },
    { init: "none", calls: [["ntfscat_i", { device: "/dev/none", inode: 0 }]], expect: { errno: "ENOENT" } },
  ],
});
