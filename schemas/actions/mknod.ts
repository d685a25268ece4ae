/** Device nodes, pipes and sockets (upstream daemon/mknod.c). */
import { defineAction } from "../action.ts";
import { int, mode, pathname } from "../field.ts";
import { none } from "../result.ts";

const permissions = mode("Permission bits; the umask is taken off.");
const devmajor = int("Major number.");
const devminor = int("Minor number.");

export const mknod = defineAction({
  proc: 133,
  summary: "make a node of any kind",
  description: "Makes a device node, pipe, socket or regular file, as the type bits in the mode say.",
  args: {
    mode: int("Type bits (S_IFBLK and so on) and permission bits; the umask is taken off."),
    devmajor,
    devminor,
    path: pathname("Node to create."),
  },
  ret: none(),
  effect: "write",
  group: "mknod",
  errors: ["EEXIST", "ENOENT", "EPERM", "EROFS"],
  since: "1.0.55",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mknod", { mode: 0o010777, devmajor: 0, devminor: 0, path: "/p" }],
        ["statns", { path: "/p" }],
      ],
      expect: { contains: '"st_mode":4589,' },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/p" }],
        ["mknod", { mode: 0o010777, devmajor: 0, devminor: 0, path: "/p" }],
      ],
      expect: { errno: "EEXIST" },
    },
  ],
});

export const mkfifo = defineAction({
  proc: 134,
  summary: "make a named pipe",
  description: "Makes a FIFO with this mode.",
  args: { mode: permissions, path: pathname("Pipe to create.") },
  ret: none(),
  effect: "write",
  group: "mknod",
  errors: ["EEXIST", "ENOENT", "EROFS"],
  since: "1.0.55",
  tests: [
    {
      init: "scratch",
      calls: [["mkfifo", { mode: "010777", path: "/typed" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [
        ["mkfifo", { mode: "0777", path: "/p" }],
        ["statns", { path: "/p" }],
      ],
      expect: { contains: '"st_mode":4589,' },
    },
    { init: "scratch", calls: [["mkfifo", { mode: "0777", path: "/d/p" }]], expect: { errno: "ENOENT" } },
  ],
});

export const mknod_b = defineAction({
  proc: 135,
  summary: "make a block device node",
  description: "Makes a block device node with this mode and these numbers.",
  args: { mode: permissions, devmajor, devminor, path: pathname("Node to create.") },
  ret: none(),
  effect: "write",
  group: "mknod",
  errors: ["EEXIST", "ENOENT", "EPERM", "EROFS"],
  since: "1.0.55",
  tests: [
    {
      init: "scratch",
      calls: [["mknod_b", { mode: "060777", devmajor: 99, devminor: 66, path: "/typed" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [
        ["mknod_b", { mode: "0600", devmajor: 99, devminor: 66, path: "/b" }],
        ["statns", { path: "/b" }],
      ],
      expect: { contains: '"st_mode":24960,' },
    },
    {
      init: "scratch",
      calls: [["mknod_b", { mode: "0600", devmajor: 99, devminor: 66, path: "/d/b" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const mknod_c = defineAction({
  proc: 136,
  summary: "make a character device node",
  description: "Makes a character device node with this mode and these numbers.",
  args: { mode: permissions, devmajor, devminor, path: pathname("Node to create.") },
  ret: none(),
  effect: "write",
  group: "mknod",
  errors: ["EEXIST", "ENOENT", "EPERM", "EROFS"],
  since: "1.0.55",
  tests: [
    {
      init: "scratch",
      calls: [["mknod_c", { mode: "020777", devmajor: 99, devminor: 66, path: "/typed" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [
        ["mknod_c", { mode: "0600", devmajor: 3, devminor: 5, path: "/c" }],
        ["statns", { path: "/c" }],
      ],
      expect: { contains: '"st_rdev":773,' },
    },
    {
      init: "scratch",
      calls: [["mknod_c", { mode: "0600", devmajor: 3, devminor: 5, path: "/d/c" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
