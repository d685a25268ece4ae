/** Checksums (upstream daemon/checksum.c). */
import { defineAction } from "../action.ts";
import { device, fileOut, pathname, string } from "../field.ts";
import { none, rString } from "../result.ts";

const csumtype = string("One of crc (POSIX cksum), md5, sha1, sha224, sha256, sha384, sha512.");

export const checksum = defineAction({
  proc: 68,
  summary: "checksum of a file",
  description:
    "Gives the checksum of a file's content: in hexadecimal, or in decimal for crc. Symbolic links are followed.",
  args: { csumtype, path: pathname("File.") },
  ret: rString("checksum"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR", "EISDIR"],
  since: "1.0.2",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "test\n" }],
        ["checksum", { csumtype: "crc", path: "/f" }],
      ],
      expect: { result: "935282863" },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "test\n" }],
        ["checksum", { csumtype: "md5", path: "/f" }],
      ],
      expect: { result: "d8e8fca2dc0f896fd7cb4cb0031ba249" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["ln_s", { target: "/f", linkname: "/l" }],
        ["checksum", { csumtype: "sha256", path: "/l" }],
      ],
      expect: { result: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    },
    { init: "scratch", calls: [["checksum", { csumtype: "sha1", path: "/none" }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["checksum", { csumtype: "md4", path: "/" }]], expect: { errno: "EINVAL" } },
  ],
});

export const checksum_device = defineAction({
  proc: 237,
  summary: "checksum of a device",
  description: "As checksum, of all a block device holds.",
  args: { csumtype, device: device("Block device.") },
  ret: rString("checksum"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.3.2",
  tests: [
    {
      init: "disk",
      calls: [["checksum_device", { csumtype: "md5", device: "/dev/sda" }]],
      expect: { result: "1f5039e50bd66b290c56684d8550c6c2" },
    },
    {
      init: "none",
      calls: [["checksum_device", { csumtype: "md5", device: "/dev/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const checksums_out = defineAction({
  proc: 244,
  summary: "checksums of all files in a tree",
  description:
    "Sends the checksums of all regular files below a directory, as `md5sum` and its like print them, with paths that begin " +
    "with `./`. A name with a newline or backslash is escaped as coreutils does.",
  args: { csumtype, directory: pathname("Directory."), sumsfile: fileOut("Receives the lines.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.3.7",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/e" }],
        ["internal_write", { path: "/d/e/f\n", content: "test\n" }],
        ["ln_s", { target: "e", linkname: "/d/l" }],
        ["checksums_out", { csumtype: "md5", directory: "/d" }],
      ],
      expect: { result: "\\d8e8fca2dc0f896fd7cb4cb0031ba249  ./e/f\\n\n" },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "test\n" }],
        ["checksums_out", { csumtype: "crc", directory: "/" }],
      ],
      expect: { result: "935282863 5 ./f\n" },
    },
    {
      init: "scratch",
      calls: [["checksums_out", { csumtype: "md5", directory: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
