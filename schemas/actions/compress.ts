/** Compressed downloads (upstream daemon/compress.c). */
import { defineAction } from "../action.ts";
import { device, fileOut, int, pathname, string } from "../field.ts";
import { none } from "../result.ts";

const ctype = string("`gzip`, `bzip2`, `xz`, `lzma`, `lzop` or `zstd`.");
const packing = {
  optargs: { level: int("Level of the program: 1 (quick) to 9 (small); xz and lzma from 0, zstd to 19.") },
  ret: none(),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "EISDIR", "ENOTSUP"],
  since: "1.13.15",
} as const;
const TEXT = ["fill_pattern", { pattern: "abc", len: 100000, path: "/f" }] as const;

export const compress_out = defineAction({
  ...packing,
  proc: 291,
  summary: "download a file compressed",
  description: "Compresses the content of a file in the appliance and gives the result.",
  args: { ctype, file: pathname("File."), zfile: fileOut("Host file to fill.") },
  tests: [
    {
      init: "scratch",
      calls: [TEXT, ["compress_out", { ctype: "gzip", file: "/f", level: 9 }]],
      expect: { matches: "^\\x1f.{100,300}$" },
    },
    {
      init: "scratch",
      calls: [TEXT, ["compress_out", { ctype: "zstd", file: "/f" }]],
      expect: { contains: "(\udcb5/\udcfd" },
    },
    { init: "scratch", calls: [TEXT, ["compress_out", { ctype: "rot13", file: "/f" }]], expect: { errno: "EINVAL" } },
    {
      init: "scratch",
      calls: [TEXT, ["compress_out", { ctype: "gzip", file: "/f", level: 10 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [TEXT, ["compress_out", { ctype: "compress", file: "/f" }]],
      expect: { errno: "ENOTSUP" },
      applianceOnly: "a host may have the program",
    },
    { init: "scratch", calls: [["compress_out", { ctype: "gzip", file: "/none" }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["compress_out", { ctype: "gzip", file: "/" }]], expect: { errno: "EISDIR" } },
  ],
});

export const compress_device_out = defineAction({
  ...packing,
  proc: 292,
  summary: "download a device compressed",
  description: "As `compress_out`, of all of a device.",
  args: { ctype, device: device("Device."), zdevice: fileOut("Host file to fill.") },
  tests: [
    {
      init: "lvm",
      calls: [["compress_device_out", { ctype: "zstd", device: "/dev/VG/LV" }]],
      expect: { contains: "(\udcb5/\udcfd" },
    },
    {
      init: "none",
      calls: [["compress_device_out", { ctype: "gzip", device: "/dev/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
