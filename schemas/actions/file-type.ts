/** What a file holds, by its content (upstream daemon/file.c). */
import { defineAction } from "../action.ts";
import { devOrPath, pathname, string } from "../field.ts";
import { rString } from "../result.ts";

export const file = defineAction({
  proc: 49,
  summary: "tell what a file or device holds",
  description:
    "Gives what file(1) says about the content, without the name; it looks into compressed files too. For a directory, symbolic link and the like that is the kind of file. The words change with versions of file(1).",
  args: { path: devOrPath("File or device.") },
  ret: rString("description"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.9.1",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "hello\n" }],
        ["file", { path: "/f" }],
      ],
      expect: { result: "ASCII text" },
    },
    {
      init: "scratch",
      calls: [
        ["base64_in", { base64file: "H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA=", filename: "/f.gz" }],
        ["file", { path: "/f.gz" }],
      ],
      expect: { contains: "ASCII text (gzip compressed data" },
    },
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "/none", linkname: "/l" }],
        ["file", { path: "/l" }],
      ],
      expect: { result: "symbolic link" },
    },
    { init: "scratch", calls: [["file", { path: "/" }]], expect: { result: "directory" } },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext4", device: "/dev/sda1" }],
        ["file", { path: "/dev/sda1" }],
      ],
      expect: { contains: "ext4 filesystem data" },
    },
    { init: "scratch", calls: [["file", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const zfile = defineAction({
  proc: 140,
  summary: "tell what a compressed file holds",
  description: "Gives what file(1) says about the content once it is decompressed. `file` does that by itself.",
  args: { meth: string("`gzip`, `compress` or `bzip2`."), path: pathname("File.") },
  ret: rString("description"),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "EISDIR"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["base64_in", { base64file: "H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA=", filename: "/f.gz" }],
        ["zfile", { meth: "gzip", path: "/f.gz" }],
      ],
      expect: { result: "ASCII text" },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "not packed" }],
        ["zfile", { meth: "bzip2", path: "/f" }],
      ],
      expect: { errno: "" },
    },
    { init: "scratch", calls: [["zfile", { meth: "gzip", path: "/none" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["zfile", { meth: "rot13", path: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});
