/** Mount and unmount (upstream daemon/mount.ml, mount_utils). */
import { defineAction } from "../action.ts";
import { bool, devOrPath, mountable, pathname, string } from "../field.ts";
import { none, rHashtable, rStringList, rStruct } from "../result.ts";
import { structs } from "../structs.ts";

const mountpointDoc = "Directory of the guest to mount on; `/` first.";
const mountErrors = ["EBUSY", "EINVAL", "ENOENT", "ENOTDIR"];

export const mount = defineAction({
  proc: 1,
  summary: "mount a filesystem of the guest",
  description:
    "Mounts read-write. The filesystem's type is found by looking at it. The first filesystem goes on `/`; later ones on directories in it. Nothing is remembered: mounts are gone when the handle is closed.",
  args: { mountable: mountable("Filesystem to mount."), mountpoint: string(mountpointDoc) },
  ret: none(),
  effect: "config",
  errors: mountErrors,
  since: "0.0.3",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["mounts"],
      ],
      expect: { result: ["/dev/sda1"] },
    },
    { init: "disk", calls: [["mount", { mountable: "/dev/sdz9", mountpoint: "/" }]], expect: { errno: "ENOENT" } },
    { init: "partition", calls: [["mount", { mountable: "/dev/sda1", mountpoint: "/" }]], expect: { errno: "EINVAL" } },
  ],
});

export const mount_ro = defineAction({
  proc: 73,
  summary: "mount a filesystem of the guest read-only",
  description: "As `mount`, with the option `ro`. A journal may still be replayed on the (copied) disk.",
  args: { mountable: mountable("Filesystem to mount."), mountpoint: string(mountpointDoc) },
  ret: none(),
  effect: "config",
  errors: mountErrors,
  since: "1.0.10",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_ro", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["touch", { path: "/new" }],
      ],
      expect: { errno: "EROFS" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_ro", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["is_dir", { path: "/lost+found" }],
      ],
      expect: { result: true },
    },
  ],
});

export const mount_options = defineAction({
  proc: 74,
  summary: "mount a filesystem with mount options",
  description: "As `mount`, with options as after `mount -o`, separated by commas; empty for none.",
  args: {
    options: string("Mount options, e.g. `ro,noatime`."),
    mountable: mountable("Filesystem to mount."),
    mountpoint: string(mountpointDoc),
  },
  ret: none(),
  effect: "config",
  errors: mountErrors,
  since: "1.0.10",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_options", { options: "noatime,ro", mountable: "/dev/sda1", mountpoint: "/" }],
        ["touch", { path: "/new" }],
      ],
      expect: { errno: "EROFS" },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_options", { options: "", mountable: "/dev/sda1", mountpoint: "/" }],
        ["touch", { path: "/new" }],
        ["is_file", { path: "/new" }],
      ],
      expect: { result: true },
    },
  ],
});

export const mount_vfs = defineAction({
  proc: 75,
  summary: "mount a filesystem with options and a type",
  description: "As `mount_options`, with the filesystem type given instead of looked at.",
  args: {
    options: string("Mount options, separated by commas."),
    vfstype: string("Filesystem type as the kernel names it."),
    mountable: mountable("Filesystem to mount."),
    mountpoint: string(mountpointDoc),
  },
  ret: none(),
  effect: "config",
  errors: [...mountErrors, "ENODEV"],
  since: "1.0.10",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_vfs", { options: "", vfstype: "ext2", mountable: "/dev/sda1", mountpoint: "/" }],
        ["mounts"],
      ],
      expect: { result: ["/dev/sda1"] },
    },
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount_vfs", { options: "", vfstype: "nosuchfs", mountable: "/dev/sda1", mountpoint: "/" }],
      ],
      expect: { errno: "ENODEV" },
    },
  ],
});

export const umount = defineAction({
  proc: 45,
  summary: "unmount a filesystem",
  description: "Unmounts what is mounted on a path, or a device wherever it is mounted.",
  args: { pathordevice: devOrPath("Mount point or mounted device.") },
  optargs: {
    force: bool("Unmount although it does not answer."),
    lazyunmount: bool("Detach now, finish when nothing uses it any more."),
  },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "EINVAL", "ENOENT"],
  since: "0.0.8",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["umount", { pathordevice: "/" }],
        ["mounts"],
      ],
      expect: { result: [] },
    },
    { init: "partition", calls: [["umount", { pathordevice: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const umount_all = defineAction({
  proc: 47,
  summary: "unmount every filesystem",
  description:
    "Closes what the daemon holds open in the guest (Augeas) and unmounts everything, deepest mount points first.",
  args: {},
  ret: none(),
  effect: "config",
  errors: ["EBUSY"],
  since: "0.0.8",
  tests: [{ init: "scratch", applianceOnly: "mounts", calls: [["umount_all"], ["mounts"]], expect: { result: [] } }],
});

export const mounts = defineAction({
  proc: 46,
  summary: "list the mounted filesystems",
  description: "Gives the mounted devices in the order they were mounted.",
  args: {},
  ret: rStringList("devices", "RMountable"),
  effect: "read",
  errors: [],
  since: "0.0.8",
  tests: [{ init: "disk", calls: [["mounts"]], expect: { result: [] } }],
});

export const mountpoints = defineAction({
  proc: 147,
  summary: "list mounted filesystems and where they are mounted",
  description: "Gives pairs of device and mount point in the order they were mounted.",
  args: {},
  ret: rHashtable("mps", "RMountable", "RPlainString"),
  effect: "read",
  errors: [],
  since: "1.0.62",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
        ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
        ["mountpoints"],
      ],
      expect: { result: [["/dev/sda1", "/"]] },
    },
  ],
});

export const mkmountpoint = defineAction({
  proc: 148,
  summary: "create a mount point before anything is mounted",
  description:
    "Creates a directory under the empty root, so that filesystems can be mounted side by side instead of one on `/`.",
  args: { exemptpath: string("Absolute path of the directory.") },
  ret: none(),
  effect: "config",
  errors: ["EEXIST", "ENOENT"],
  since: "1.0.62",
  tests: [
    {
      init: "disk",
      calls: [
        ["mkmountpoint", { exemptpath: "/gild-a" }],
        ["rmmountpoint", { exemptpath: "/gild-a" }],
      ],
      expect: { succeeds: true },
    },
    { init: "disk", calls: [["mkmountpoint", { exemptpath: "/none/b" }]], expect: { errno: "ENOENT" } },
  ],
});

export const rmmountpoint = defineAction({
  proc: 149,
  summary: "remove a mount point made by mkmountpoint",
  description: "Removes an empty directory under the empty root.",
  args: { exemptpath: string("Absolute path of the directory.") },
  ret: none(),
  effect: "config",
  errors: ["ENOENT", "ENOTEMPTY"],
  since: "1.0.62",
  tests: [
    {
      init: "disk",
      calls: [
        ["mkmountpoint", { exemptpath: "/gild-c" }],
        ["rmmountpoint", { exemptpath: "/gild-c" }],
      ],
      expect: { succeeds: true },
    },
    { init: "disk", calls: [["rmmountpoint", { exemptpath: "/gild-d" }]], expect: { errno: "ENOENT" } },
  ],
});

export const remount = defineAction({
  proc: 402,
  summary: "mount a mounted filesystem again, read-only or read-write",
  description: "Changes a mount between read-only and read-write.",
  args: { mountpoint: pathname("Where the filesystem is mounted.") },
  optargs: { rw: bool("True for read-write; must be given.") },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "EINVAL"],
  since: "1.23.2",
  tests: [
    {
      init: "scratch",
      applianceOnly: "mounts",
      calls: [
        ["remount", { mountpoint: "/", rw: false }],
        ["touch", { path: "/new" }],
      ],
      expect: { errno: "EROFS" },
    },
    {
      init: "scratch",
      applianceOnly: "mounts",
      calls: [
        ["remount", { mountpoint: "/", rw: false }],
        ["remount", { mountpoint: "/", rw: true }],
        ["mkdir", { path: "/new" }],
        ["is_dir", { path: "/new" }],
      ],
      expect: { result: true },
    },
    {
      init: "scratch",
      applianceOnly: "mounts",
      calls: [
        ["mkdir", { path: "/plain" }],
        ["remount", { mountpoint: "/plain", rw: true }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const internal_parse_mountable = defineAction({
  proc: 396,
  summary: "split a mountable",
  description: "Gives kind (0 device, 1 btrfs subvolume), device and subvolume of a mountable. For the library.",
  args: { mountable: mountable("Device, or subvolume of one.") },
  ret: rStruct("mountable", structs.internal_mountable),
  effect: "read",
  errors: ["ENOENT"],
  since: "1.21.11",
  tests: [
    {
      init: "disk",
      calls: [["internal_parse_mountable", { mountable: "/dev/sda" }]],
      expect: { result: { im_type: 0, im_device: "/dev/sda", im_volume: "" } },
    },
    {
      init: "disk",
      calls: [["internal_parse_mountable", { mountable: "/dev/sda7" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const mount_loop = defineAction({
  proc: 129,
  summary: "mount a filesystem in a file",
  description:
    "Mounts the filesystem that an image in the guest holds, read-only where the file cannot be written. Unmounting it gives the loop device back.",
  args: { file: pathname("File with a filesystem."), mountpoint: pathname("Directory to mount it on.") },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "EINVAL", "ENOENT", "ENOTDIR"],
  since: "1.0.54",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkfs", { fstype: "ext2", device: "/dev/sda", label: "INNER" }],
        ["copy_device_to_file", { src: "/dev/sda", dest: "/image", sparse: true }],
        ["mkdir", { path: "/m" }],
        ["mount_loop", { file: "/image", mountpoint: "/m" }],
        ["mkdir", { path: "/m/made" }],
        ["umount", { pathordevice: "/m" }],
        ["mount_loop", { file: "/image", mountpoint: "/m" }],
        ["ls0", { dir: "/m" }],
      ],
      expect: { result: "lost+found\0made\0" },
      applianceOnly: "mounts",
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/m" }],
        ["fill", { c: 0, len: 1000000, path: "/f" }],
        ["mount_loop", { file: "/f", mountpoint: "/m" }],
      ],
      expect: { errno: "EINVAL" },
      applianceOnly: "uses a loop device",
    },
    { init: "scratch", calls: [["mount_loop", { file: "/none", mountpoint: "/" }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["mount_loop", { file: "/", mountpoint: "/" }]], expect: { errno: "EINVAL" } },
  ],
});
