/** Reading a part of a file or device (upstream daemon/file.c). */
import { defineAction } from "../action.ts";
import { device, int, int64, pathname } from "../field.ts";
import { rBuffer } from "../result.ts";

const count = int("Bytes to read, 0 to 4 MiB less the size of a message's header.");
const offset = int64("Where to begin, bytes from the start.");

export const pread = defineAction({
  proc: 207,
  summary: "read a part of a file",
  description:
    "Gives the bytes of a file from an offset on. Fewer come back where the file ends before that; none from its end on.",
  args: { path: pathname("File."), count, offset },
  ret: rBuffer("content"),
  effect: "read",
  errors: ["ENOENT", "EISDIR"],
  since: "1.0.77",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "abcdef" }],
        ["pread", { path: "/f", count: 3, offset: 2 }],
      ],
      expect: { result: "cde" },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "abcdef" }],
        ["pread", { path: "/f", count: 10, offset: 4 }],
      ],
      expect: { result: "ef" },
    },
    { init: "scratch", calls: [["pread", { path: "/none", count: 1, offset: 0 }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["pread", { path: "/f", count: -1, offset: 0 }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const pread_device = defineAction({
  proc: 276,
  summary: "read a part of a device",
  description: "As pread, of a block device.",
  args: { device: device("Block device."), count, offset },
  ret: rBuffer("content"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.5.21",
  tests: [
    {
      init: "disk",
      calls: [["pread_device", { device: "/dev/sda", count: 4, offset: 510 }]],
      expect: { result: "\0\0\0\0" },
    },
    {
      init: "none",
      calls: [["pread_device", { device: "/dev/none", count: 1, offset: 0 }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
