/** Whole files in and out (upstream daemon/upload.c). */
import { defineAction } from "../action.ts";
import { devOrPath, fileIn, fileOut, int64 } from "../field.ts";
import { none } from "../result.ts";

const NO_PARENT = "/missing/file";

export const upload = defineAction({
  proc: 66,
  summary: "put a host file into the guest",
  description:
    "Writes a file of the host to a path in the guest or over the start of a device. An existing file is truncated first and keeps its owner and mode; a new one has mode 0666 less the umask (0644). Symbolic links are followed inside the guest.",
  args: { filename: fileIn("Host file to read."), remotefilename: devOrPath("Guest file or device to write.") },
  ret: none(),
  effect: "write",
  errors: ["EISDIR", "ENOENT", "ENOSPC", "ENOTDIR", "EROFS"],
  since: "1.0.2",
  tests: [
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "some text\n", remotefilename: "/up" }],
        ["download", { remotefilename: "/up" }],
      ],
      expect: { result: "some text\n" },
    },
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "longer than the second\n", remotefilename: "/up" }],
        ["upload", { filename: "short\n", remotefilename: "/up" }],
        ["download", { remotefilename: "/up" }],
      ],
      expect: { result: "short\n" },
    },
    {
      init: "scratch",
      calls: [["upload", { filename: "x", remotefilename: NO_PARENT }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const download = defineAction({
  proc: 67,
  summary: "get a guest file to the host",
  description:
    "Copies a file of the guest, or a whole device, to the host. Symbolic links are followed inside the guest.",
  args: { remotefilename: devOrPath("Guest file or device to read."), filename: fileOut("Host file to write.") },
  ret: none(),
  effect: "read",
  errors: ["EISDIR", "ENOENT"],
  since: "1.0.2",
  tests: [
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "", remotefilename: "/empty" }],
        ["download", { remotefilename: "/empty" }],
      ],
      expect: { result: "" },
    },
    { init: "scratch", calls: [["download", { remotefilename: NO_PARENT }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["download", { remotefilename: "/" }]], expect: { errno: "EISDIR" } },
  ],
});

export const upload_offset = defineAction({
  proc: 273,
  summary: "put a host file into the middle of a guest file",
  description:
    "Writes a file of the host over a guest file or device from an offset on. The guest file is made if it is missing, never truncated, and grows as needed; a gap reads as zeros.",
  args: {
    filename: fileIn("Host file to read."),
    remotefilename: devOrPath("Guest file or device to write."),
    offset: int64("Where to begin, in bytes; not negative."),
  },
  ret: none(),
  effect: "write",
  errors: ["EISDIR", "ENOENT", "ENOSPC", "EROFS"],
  since: "1.5.17",
  tests: [
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "0123456789", remotefilename: "/up" }],
        ["upload_offset", { filename: "ab", remotefilename: "/up", offset: 4 }],
        ["download", { remotefilename: "/up" }],
      ],
      expect: { result: "0123ab6789" },
    },
    {
      init: "scratch",
      calls: [["upload_offset", { filename: "ab", remotefilename: "/up", offset: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const download_offset = defineAction({
  proc: 274,
  summary: "get a part of a guest file to the host",
  description:
    "Copies `size` bytes of a guest file or device, from an offset on, to the host. What lies after the end is left out.",
  args: {
    remotefilename: devOrPath("Guest file or device to read."),
    filename: fileOut("Host file to write."),
    offset: int64("Where to begin, in bytes; not negative."),
    size: int64("How many bytes; not negative."),
  },
  ret: none(),
  effect: "read",
  errors: ["EISDIR", "ENOENT"],
  since: "1.5.17",
  tests: [
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "0123456789", remotefilename: "/up" }],
        ["download_offset", { remotefilename: "/up", offset: 3, size: 4 }],
      ],
      expect: { result: "3456" },
    },
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "0123456789", remotefilename: "/up" }],
        ["download_offset", { remotefilename: "/up", offset: 8, size: 100 }],
      ],
      expect: { result: "89" },
    },
    {
      init: "scratch",
      calls: [["download_offset", { remotefilename: "/up", offset: 0, size: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});
