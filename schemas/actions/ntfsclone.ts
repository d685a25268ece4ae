/** NTFS: backups in ntfsclone's own format (upstream daemon/ntfsclone.c). */
import { defineAction } from "../action.ts";
import { bool, device, fileIn, fileOut } from "../field.ts";
import { none } from "../result.ts";

export const ntfsclone_out = defineAction({
  proc: 308,
  summary: "save an NTFS filesystem to a file",
  description: "Writes the blocks that are in use to a file of the host, in the format of ntfsclone(8).",
  args: { device: device("Block device."), backupfile: fileOut("File to write.") },
  optargs: {
    metadataonly: bool("Save no data of files."),
    rescue: bool("Go on where the disk cannot be read."),
    ignorefscheck: bool("Save a filesystem that is marked for a check."),
    preservetimestamps: bool("With metadataonly, keep the times of files."),
    force: bool("Save a filesystem that is mounted or damaged."),
  },
  ret: none(),
  effect: "read",
  group: "ntfs3g",
  errors: ["ENOENT"],
  since: "1.17.9",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ntfs", device: "/dev/sda1" }],
        ["ntfsclone_out", { device: "/dev/sda1", metadataonly: true, preservetimestamps: true }],
      ],
      expect: { matches: "ntfsclone-image" },
    },
    { init: "partition", calls: [["ntfsclone_out", { device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const ntfsclone_in = defineAction({
  proc: 309,
  summary: "restore an NTFS filesystem from a file",
  description:
    "Writes a backup that ntfsclone_out made to a device, which must be as large as the old one. What it held is lost.",
  args: { backupfile: fileIn("File to read."), device: device("Block device.") },
  ret: none(),
  effect: "write",
  group: "ntfs3g",
  errors: ["ENOENT"],
  since: "1.17.9",
  tests: [
    {
      init: "partition",
      calls: [["ntfsclone_in", { backupfile: "no backup at all", device: "/dev/sda1" }]],
      expect: { errno: "" },
    },
  ],
  testedIn: "tests/appliance/groups.test.ts",
});
