/** What kind of file a path is (upstream daemon/is.ml). */
import { defineAction } from "../action.ts";
import { bool, device, pathname } from "../field.ts";
import { rBool } from "../result.ts";

const path = pathname("Path to test.");
const followsymlinks = bool("Follow a symbolic link at the end of the path; false when not given.");
const followOptargs = { followsymlinks };
/** A missing file, and a path through a file, count as false. */
const errors = ["ELOOP"];

export const exists = defineAction({
  proc: 36,
  summary: "test whether a path exists",
  description: "True for anything at this path, a dangling symbolic link too.",
  args: { path },
  ret: rBool("existsflag"),
  effect: "read",
  errors: [],
  since: "0.0.8",
  tests: [
    { init: "scratch", calls: [["exists", { path: "/" }]], expect: { result: true } },
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "/none", linkname: "/l" }],
        ["exists", { path: "/l" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["exists", { path: "/f/x" }],
      ],
      expect: { result: false },
    },
    { init: "scratch", calls: [["exists", { path: "relative" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_file = defineAction({
  proc: 37,
  summary: "test whether a path is a regular file",
  description: "True for a regular file. A path where nothing is gives false, no error.",
  args: { path },
  optargs: followOptargs,
  ret: rBool("fileflag"),
  effect: "read",
  errors,
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["is_file", { path: "/f" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["ln_s", { target: "f", linkname: "/l" }],
        ["is_file", { path: "/l" }],
      ],
      expect: { result: false },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["ln_s", { target: "/f", linkname: "/l" }],
        ["is_file", { path: "/l", followsymlinks: true }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["is_file", { path: "/f/x" }],
      ],
      expect: { result: false },
    },
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "b", linkname: "/a" }],
        ["ln_s", { target: "a", linkname: "/b" }],
        ["is_file", { path: "/a", followsymlinks: true }],
      ],
      expect: { errno: "ELOOP" },
    },
  ],
});

export const is_dir = defineAction({
  proc: 38,
  summary: "test whether a path is a directory",
  description: "True for a directory. A path where nothing is gives false, no error.",
  args: { path },
  optargs: followOptargs,
  ret: rBool("dirflag"),
  effect: "read",
  errors,
  since: "0.0.8",
  tests: [
    { init: "scratch", calls: [["is_dir", { path: "/" }]], expect: { result: true } },
    { init: "scratch", calls: [["is_dir", { path: "/none" }]], expect: { result: false } },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["ln_s", { target: "/d", linkname: "/l" }],
        ["is_dir", { path: "/l", followsymlinks: true }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["is_dir", { path: "d" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_chardev = defineAction({
  proc: 267,
  summary: "test whether a path is a character device",
  description: "True for a character device node. A path where nothing is gives false, no error.",
  args: { path },
  optargs: followOptargs,
  ret: rBool("flag"),
  effect: "read",
  errors,
  since: "1.5.10",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mknod_c", { mode: "0600", devmajor: 1, devminor: 3, path: "/null" }],
        ["is_chardev", { path: "/null" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["is_chardev", { path: "/" }]], expect: { result: false } },
    { init: "scratch", calls: [["is_chardev", { path: "x" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_blockdev = defineAction({
  proc: 268,
  summary: "test whether a path is a block device",
  description: "True for a block device node in the guest. A path where nothing is gives false, no error.",
  args: { path },
  optargs: followOptargs,
  ret: rBool("flag"),
  effect: "read",
  errors,
  since: "1.5.10",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mknod_b", { mode: "0600", devmajor: 8, devminor: 200, path: "/disk" }],
        ["is_blockdev", { path: "/disk" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["is_blockdev", { path: "/" }]], expect: { result: false } },
    { init: "scratch", calls: [["is_blockdev", { path: "x" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_fifo = defineAction({
  proc: 269,
  summary: "test whether a path is a named pipe",
  description: "True for a FIFO. A path where nothing is gives false, no error.",
  args: { path },
  optargs: followOptargs,
  ret: rBool("flag"),
  effect: "read",
  errors,
  since: "1.5.10",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkfifo", { mode: "0600", path: "/p" }],
        ["is_fifo", { path: "/p" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["is_fifo", { path: "/" }]], expect: { result: false } },
    { init: "scratch", calls: [["is_fifo", { path: "x" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_symlink = defineAction({
  proc: 270,
  summary: "test whether a path is a symbolic link",
  description: "True for a symbolic link, dangling or not. A path where nothing is gives false, no error.",
  args: { path },
  ret: rBool("flag"),
  effect: "read",
  errors,
  since: "1.5.10",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "none", linkname: "/l" }],
        ["is_symlink", { path: "/l" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["is_symlink", { path: "/" }]], expect: { result: false } },
    { init: "scratch", calls: [["is_symlink", { path: "x" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_socket = defineAction({
  proc: 271,
  summary: "test whether a path is a socket",
  description: "True for a unix domain socket. A path where nothing is gives false, no error.",
  args: { path },
  optargs: followOptargs,
  ret: rBool("flag"),
  effect: "read",
  errors,
  since: "1.5.10",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mknod", { mode: 0o140600, devmajor: 0, devminor: 0, path: "/s" }],
        ["is_socket", { path: "/s" }],
      ],
      expect: { result: true },
    },
    { init: "scratch", calls: [["is_socket", { path: "/" }]], expect: { result: false } },
    { init: "scratch", calls: [["is_socket", { path: "x" }]], expect: { errno: "EINVAL" } },
  ],
});

export const is_zero = defineAction({
  proc: 283,
  summary: "test whether a file holds only zero bytes",
  description: "True for a file that is empty or holds nothing but zero bytes. Symbolic links are followed.",
  args: { path: pathname("File.") },
  ret: rBool("zeroflag"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR", "EISDIR"],
  since: "1.11.8",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["truncate_size", { path: "/f", size: 3000000 }],
        ["is_zero", { path: "/f" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "x" }],
        ["is_zero", { path: "/f" }],
      ],
      expect: { result: false },
    },
    { init: "scratch", calls: [["is_zero", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const is_zero_device = defineAction({
  proc: 284,
  summary: "test whether a device holds only zero bytes",
  description:
    "True for a device that holds nothing but zero bytes. Reads until the first other byte: slow on large ones.",
  args: { device: device("Block device.") },
  ret: rBool("zeroflag"),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.11.8",
  tests: [
    { init: "disk", calls: [["is_zero_device", { device: "/dev/sda" }]], expect: { result: true } },
    { init: "none", calls: [["is_zero_device", { device: "/dev/none" }]], expect: { errno: "ENOENT" } },
  ],
});
