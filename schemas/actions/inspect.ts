/** Operating systems on the disks (upstream daemon/inspect.ml). What only Windows has is in inspect-windows.ts. */
import { defineAction } from "../action.ts";
import { rBool, rHashtable, rInt, rString, rStringList } from "../result.ts";
import { INSPECTED_DEBIAN, rootGetter } from "../root-getter.ts";

export const inspect_os = defineAction({
  proc: 480,
  summary: "find the operating systems on the disks",
  description:
    "Unmounts everything, then mounts every filesystem read-only, one after the other, and looks at what is in it. Gives " +
    "the root filesystem of each operating system; the `inspect_get_*` actions tell more of it. Nothing is mounted " +
    "afterwards. Knows Linux distributions, Windows, FreeBSD, NetBSD, OpenBSD, Hurd, Minix and DOS.",
  args: {},
  ret: rStringList("roots", "RMountable"),
  effect: "config",
  errors: ["EBUSY"],
  since: "1.5.3",
  tests: [
    { init: "partition", calls: INSPECTED_DEBIAN, expect: { result: ["/dev/sda1"] } },
    { init: "disk", calls: [["inspect_os"]], expect: { result: [] } },
  ],
});

export const inspect_get_roots = defineAction({
  proc: 481,
  summary: "give the roots found by inspect_os again",
  description: "Gives what the last `inspect_os` gave, without asking the disks; empty when it was not called.",
  args: {},
  ret: rStringList("roots", "RMountable"),
  effect: "read",
  errors: [],
  since: "1.7.3",
  tests: [
    {
      init: "partition",
      calls: [...INSPECTED_DEBIAN, ["umount_all"], ["inspect_get_roots"]],
      expect: { result: ["/dev/sda1"] },
    },
    { init: "none", calls: [["inspect_os"], ["inspect_get_roots"]], expect: { succeeds: true } },
  ],
});

export const inspect_get_type = rootGetter("inspect_get_type", {
  proc: 483,
  summary: "tell the kind of an operating system",
  description: "Gives `linux`, `windows`, `freebsd`, `netbsd`, `openbsd`, `hurd`, `minix`, `dos` or `unknown`.",
  ret: rString("name"),
  since: "1.5.3",
  ofDebian: "linux",
});

export const inspect_get_distro = rootGetter("inspect_get_distro", {
  proc: 484,
  summary: "tell the distribution of an operating system",
  description:
    "Gives libguestfs's name of the distribution: `debian`, `ubuntu`, `fedora`, `rhel`, `opensuse`, `archlinux`, " +
    "`alpinelinux`, `windows` and so on. One that libguestfs has no name for is called by the ID in its os-release; " +
    "`unknown` when there is none.",
  ret: rString("distro"),
  since: "1.5.3",
  ofDebian: "debian",
});

export const inspect_get_major_version = rootGetter("inspect_get_major_version", {
  proc: 489,
  summary: "tell the major version of an operating system",
  description: "Gives the first number of the version; 0 when it is not known.",
  ret: rInt("major"),
  since: "1.5.3",
  ofDebian: 12,
});

export const inspect_get_minor_version = rootGetter("inspect_get_minor_version", {
  proc: 490,
  summary: "tell the minor version of an operating system",
  description: "Gives the second number of the version; 0 when it is not known.",
  ret: rInt("minor"),
  since: "1.5.3",
  ofDebian: 0,
});

export const inspect_get_product_name = rootGetter("inspect_get_product_name", {
  proc: 487,
  summary: "tell the full name of an operating system",
  description: "Gives the name as the system shows it to people, for no program to read; `unknown` when there is none.",
  ret: rString("product"),
  since: "1.5.3",
  ofDebian: "Debian 12",
});

export const inspect_get_product_variant = rootGetter("inspect_get_product_variant", {
  proc: 488,
  summary: "tell the variant of an operating system",
  description: "Gives what kind of Windows it is, `Client` or `Server` for example; `unknown` for any other system.",
  ret: rString("variant"),
  since: "1.9.13",
  ofDebian: "unknown",
});

export const inspect_get_build_id = rootGetter("inspect_get_build_id", {
  proc: 513,
  summary: "tell the build of an operating system",
  description: "Gives BUILD_ID of os-release, or the build number of Windows; `unknown` when there is none.",
  ret: rString("buildid"),
  since: "1.49.8",
  ofDebian: "7",
});

export const inspect_get_arch = rootGetter("inspect_get_arch", {
  proc: 491,
  summary: "tell the architecture of an operating system",
  description: "Gives the processor that its programs are for, with the names of `file_architecture`, or `unknown`.",
  ret: rString("arch"),
  since: "1.5.3",
  ofDebian: "x86_64",
});

export const inspect_get_hostname = rootGetter("inspect_get_hostname", {
  proc: 492,
  summary: "tell the name that an operating system calls itself",
  description: "Gives the host name of its configuration files, or `unknown`.",
  ret: rString("hostname"),
  since: "1.7.9",
  ofDebian: "web1",
});

export const inspect_get_package_format = rootGetter("inspect_get_package_format", {
  proc: 485,
  summary: "tell the format of an operating system's packages",
  description: "Gives `deb`, `rpm`, `pacman`, `apk`, `ebuild`, `pisi`, `xbps` or `unknown`.",
  ret: rString("packageformat"),
  since: "1.7.5",
  ofDebian: "deb",
});

export const inspect_get_package_management = rootGetter("inspect_get_package_management", {
  proc: 486,
  summary: "tell the package manager of an operating system",
  description:
    "Gives `apt`, `dnf`, `yum`, `up2date`, `zypper`, `urpmi`, `pacman`, `apk`, `portage`, `pisi`, `xbps` or `unknown`.",
  ret: rString("packagemanagement"),
  since: "1.7.5",
  ofDebian: "apt",
});

export const inspect_get_mountpoints = rootGetter("inspect_get_mountpoints", {
  proc: 500,
  summary: "tell where an operating system mounts its filesystems",
  description:
    "Gives pairs of mount point and mountable: the root, and what its fstab names of the attached disks. They need not be " +
    "mountable. Swap is left out.",
  ret: rHashtable("mountpoints", "RPlainString", "RMountable"),
  since: "1.5.3",
  ofDebian: [["/", "/dev/sda1"]],
});

export const inspect_get_filesystems = rootGetter("inspect_get_filesystems", {
  proc: 501,
  summary: "list the filesystems of an operating system",
  description: "Gives the root, what its fstab mounts, and its swap.",
  ret: rStringList("filesystems", "RMountable"),
  since: "1.5.3",
  ofDebian: ["/dev/sda1"],
});

export const inspect_get_format = rootGetter("inspect_get_format", {
  proc: 482,
  summary: "tell whether an operating system is installed (deprecated)",
  description: "Gives `installed`: install media are not looked for any more.",
  ret: rString("format"),
  since: "1.9.4",
  ofDebian: "installed",
});

export const inspect_is_live = rootGetter("inspect_is_live", {
  proc: 497,
  summary: "tell whether an operating system is a live one (deprecated)",
  description: "Gives false: install media are not looked for any more.",
  ret: rBool("live"),
  since: "1.9.4",
  ofDebian: false,
});

export const inspect_is_netinst = rootGetter("inspect_is_netinst", {
  proc: 498,
  summary: "tell whether an operating system is a network installer (deprecated)",
  description: "Gives false: install media are not looked for any more.",
  ret: rBool("netinst"),
  since: "1.9.4",
  ofDebian: false,
});

export const inspect_is_multipart = rootGetter("inspect_is_multipart", {
  proc: 499,
  summary: "tell whether an operating system is one of several install disks (deprecated)",
  description: "Gives false: install media are not looked for any more.",
  ret: rBool("multipart"),
  since: "1.9.4",
  ofDebian: false,
});
