/** Archives of cpio (upstream daemon/cpio.c). */
import { defineAction } from "../action.ts";
import { fileOut, string } from "../field.ts";
import { none } from "../result.ts";

export const cpio_out = defineAction({
  proc: 419,
  summary: "pack a directory into a cpio archive",
  description: "Gives an archive with everything below a directory, names relative to it.",
  args: {
    directory: string("Directory of the guest, an absolute path."),
    cpiofile: fileOut("Host file to fill."),
  },
  optargs: { format: string("`newc` (default) or `crc`, which has a checksum.") },
  ret: none(),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "ENOTDIR"],
  since: "1.27.9",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/e" }],
        ["internal_write", { path: "/d/e/f", content: "of f" }],
        ["cpio_out", { directory: "/d" }],
      ],
      expect: { matches: "^070701.*\\.\\0.*070701.*0e\\0.*070701.*0e/f\\0*of f\\0*070701.*TRAILER!!!\\0" },
    },
    {
      init: "scratch",
      calls: [["cpio_out", { directory: "/", format: "crc" }]],
      expect: { matches: "^070702" },
    },
    { init: "scratch", calls: [["cpio_out", { directory: "/", format: "tar" }]], expect: { errno: "EINVAL" } },
    { init: "scratch", calls: [["cpio_out", { directory: "/none" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["cpio_out", { directory: "/f" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
    { init: "scratch", calls: [["cpio_out", { directory: "relative" }]], expect: { errno: "EINVAL" } },
  ],
});
