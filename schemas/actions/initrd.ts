/** Files in an initial RAM disk (upstream daemon/initrd.c). */
import { defineAction } from "../action.ts";
import { pathname, string } from "../field.ts";
import { rBuffer, rStringList } from "../result.ts";

/** Compressed with gzip: ".", "init" with the text "hi", "bin", "bin/a", "bin/b" which is a link to "a". */
const INITRD = [
  "base64_in",
  {
    base64file:
      "H4sIAAAAAAACAzMwNzA3MDRAAiaGri4G2IGxmZOBoaWlKS55XMAIxtBjMEC2D0xbGDqa4NBniGafMZH2mcIYmXmZJQwMGZlcqPYaEfCnEZn+hPsjKTOPgQHVTmMS/WpEpJ1mSHbqJzJUcKHZC7bP0dDNjUh7DcmxN4khEd2/hIChAXnACcYICXL09HENUlRUZBgFZAMAXD4Z1QAEAAA=",
    filename: "/initrd",
  },
] as const;
const FORMATS =
  "cpio archives of the format `newc`, one after the other, the last one compressed with gzip, xz, zstd, bzip2, lz4, lzma or lzop, or not";

export const initrd_list = defineAction({
  proc: 128,
  summary: "list the files in an initial RAM disk",
  description: `Gives the names in the order they are there, without a slash in front, directories too. It reads ${FORMATS}.`,
  args: { path: pathname("Initial RAM disk.") },
  ret: rStringList("filenames"),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "EISDIR", "EFBIG"],
  since: "1.0.54",
  tests: [
    {
      init: "scratch",
      calls: [INITRD, ["initrd_list", { path: "/initrd" }]],
      expect: { result: [".", "init", "bin", "bin/a", "bin/b"] },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "no archive" }],
        ["initrd_list", { path: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["initrd_list", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const initrd_cat = defineAction({
  proc: 221,
  summary: "read a file in an initial RAM disk",
  description: `Gives the content of a file in ${FORMATS}. Of several files of one name the last one counts, as for the kernel.`,
  args: {
    initrdpath: pathname("Initial RAM disk."),
    filename: string("Name of the file as `initrd_list` gives it."),
  },
  ret: rBuffer("content"),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "EISDIR", "EFBIG"],
  since: "1.0.84",
  tests: [
    {
      init: "scratch",
      calls: [INITRD, ["initrd_cat", { initrdpath: "/initrd", filename: "init" }]],
      expect: { result: "hi\n" },
    },
    {
      init: "scratch",
      calls: [INITRD, ["initrd_cat", { initrdpath: "/initrd", filename: "none" }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [INITRD, ["initrd_cat", { initrdpath: "/initrd", filename: "bin" }]],
      expect: { errno: "EISDIR" },
    },
    {
      init: "scratch",
      calls: [INITRD, ["initrd_cat", { initrdpath: "/initrd", filename: "bin/b" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});
