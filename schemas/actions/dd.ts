/** The old ways to copy (upstream daemon/dd.c). */
import { defineAction } from "../action.ts";
import { devOrPath, int64 } from "../field.ts";
import { none } from "../result.ts";

const src = devOrPath("Device or regular file to read.");
const dest = devOrPath("Device or regular file to write; a file is made where it is missing, else replaced.");
const copying = {
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT", "EISDIR", "ENOSPC", "EROFS"],
} as const;
const ABC = ["internal_write", { path: "/from", content: "abcdefghij" }] as const;

export const dd = defineAction({
  ...copying,
  proc: 217,
  summary: "copy all of a device or file",
  description:
    "Copies all bytes of a device or file to a device or file. The four `copy_*_to_*` calls can do more and are what new recipes use.",
  args: { src, dest },
  since: "1.0.80",
  tests: [
    {
      init: "scratch",
      calls: [ABC, ["dd", { src: "/from", dest: "/to" }], ["download", { remotefilename: "/to" }]],
      expect: { result: "abcdefghij" },
    },
    {
      init: "scratch",
      calls: [
        ABC,
        ["dd", { src: "/from", dest: "/dev/sda" }],
        ["pread_device", { device: "/dev/sda", count: 10, offset: 0 }],
      ],
      expect: { result: "abcdefghij" },
      applianceOnly: "needs a device",
    },
    { init: "scratch", calls: [["dd", { src: "/none", dest: "/to" }]], expect: { errno: "ENOENT" } },
  ],
});

export const copy_size = defineAction({
  ...copying,
  proc: 227,
  summary: "copy the beginning of a device or file",
  description:
    "Copies the first `size` bytes of a device or file to a device or file. A source that has fewer is refused. The four `copy_*_to_*` calls can do more and are what new recipes use.",
  args: { src, dest, size: int64("Number of bytes.") },
  since: "1.0.87",
  tests: [
    {
      init: "scratch",
      calls: [ABC, ["copy_size", { src: "/from", dest: "/to", size: 5 }], ["download", { remotefilename: "/to" }]],
      expect: { result: "abcde" },
    },
    {
      init: "scratch",
      calls: [ABC, ["copy_size", { src: "/from", dest: "/to", size: 11 }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [ABC, ["copy_size", { src: "/from", dest: "/to", size: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});
