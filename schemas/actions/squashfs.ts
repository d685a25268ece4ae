/** squashfs images of a directory (upstream daemon/squashfs.c). */
import { defineAction } from "../action.ts";
import { fileOut, pathname, string, stringList } from "../field.ts";
import { none } from "../result.ts";

export const mksquashfs = defineAction({
  proc: 471,
  summary: "make a squashfs of a directory",
  description:
    "Writes a squashfs of a directory to a file of the host. The appliance holds it in memory until it is complete: its size " +
    "is limited by that.",
  args: { path: pathname("Directory, or file."), filename: fileOut("File to write.") },
  optargs: {
    compress: string("`gzip` (default), `lzma`, `lzo`, `lz4`, `xz` or `zstd`."),
    excludes: stringList("Patterns of what to leave out, from the directory on; `... NAME` for a name anywhere."),
  },
  ret: none(),
  effect: "read",
  group: "squashfs",
  errors: ["ENOENT"],
  since: "1.35.25",
  tests: [
    {
      init: "scratch",
      applianceOnly: "needs mksquashfs",
      calls: [
        ["mkdir", { path: "/dir" }],
        ["internal_write", { path: "/dir/file", content: "hello" }],
        ["mksquashfs", { path: "/dir", compress: "xz", excludes: ["lost*"] }],
      ],
      expect: { matches: "^hsqs" },
    },
    {
      init: "scratch",
      applianceOnly: "needs mksquashfs",
      calls: [["mksquashfs", { path: "/", compress: "rar" }]],
      expect: { errno: "" },
    },
    {
      init: "scratch",
      applianceOnly: "needs mksquashfs",
      calls: [["mksquashfs", { path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
