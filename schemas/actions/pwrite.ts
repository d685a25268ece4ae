/** Writing a part of a file or device (upstream daemon/file.c). */
import { defineAction } from "../action.ts";
import { buffer, device, int64, pathname } from "../field.ts";
import { rInt } from "../result.ts";

const content = buffer("Bytes to write; somewhat less than 4 MiB, the size of a message.");
const offset = int64("Where to begin, bytes from the start.");

export const pwrite = defineAction({
  proc: 247,
  summary: "write a part of a file",
  description:
    "Writes bytes into an existing file from an offset on, which may lie behind its end. Gives the number of bytes written, fewer than given only where the disk is full.",
  args: { path: pathname("File; symbolic links are followed."), content, offset },
  ret: rInt("nbytes"),
  effect: "write",
  errors: ["ENOENT", "EISDIR", "ENOSPC", "EROFS"],
  since: "1.3.14",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "abcdef" }],
        ["pwrite", { path: "/f", content: "XY", offset: 1 }],
      ],
      expect: { result: 2 },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "abcdef" }],
        ["pwrite", { path: "/f", content: "XY", offset: 1 }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "aXYdef" },
    },
    {
      init: "scratch",
      calls: [["pwrite", { path: "/none", content: "XY", offset: 0 }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["pwrite", { path: "/f", content: "XY", offset: -1 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const pwrite_device = defineAction({
  proc: 275,
  summary: "write a part of a device",
  description: "As pwrite, of a block device, which it cannot make longer.",
  args: { device: device("Block device."), content, offset },
  ret: rInt("nbytes"),
  effect: "write",
  errors: ["ENOENT", "ENOSPC"],
  since: "1.5.20",
  tests: [
    {
      init: "disk",
      calls: [
        ["pwrite_device", { device: "/dev/sda", content: "text", offset: 510 }],
        ["pread_device", { device: "/dev/sda", count: 6, offset: 509 }],
      ],
      expect: { result: "\0text\0" },
    },
    {
      init: "disk",
      calls: [["pwrite_device", { device: "/dev/sda", content: "XY", offset: 268435455 }]],
      expect: { result: 1 },
    },
    {
      init: "disk",
      calls: [["pwrite_device", { device: "/dev/sda", content: "XY", offset: 268435456 }]],
      expect: { errno: "ENOSPC" },
    },
  ],
});
