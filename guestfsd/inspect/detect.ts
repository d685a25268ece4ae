/**
 * What a mounted filesystem is: the root of an operating system, and of which, or something else. By the files that such a
 * system has; the order of the questions is part of the answer. Mounts nothing.
 */
import type { Commands } from "../context.ts";
import { ActionError } from "../errors.ts";
import { fileArchitecture } from "./architecture.ts";
import type { GuestFiles } from "./guest-files.ts";
import { linuxHostname, nameIn, rcConfHostname } from "./hostname.ts";
import { packageTools } from "./packages.ts";
import { readRelease, versionOf, type Release } from "./release.ts";
import type { System } from "./system.ts";
import { describeWindows, findSystemroot } from "./windows.ts";

interface Kind {
  readonly has: (files: GuestFiles) => boolean;
  /** Absent for what is no root of a system. */
  readonly describe?: (files: GuestFiles, command: Commands) => System;
}

const PROGRAMS: readonly string[] = ["/bin/bash", "/bin/ls", "/bin/echo", "/bin/rm", "/bin/sh"];

const isUnix = (files: GuestFiles): boolean => files.isDirectory("/etc") && files.isDirectory("/bin");
const allFiles = (files: GuestFiles, ...paths: readonly string[]): boolean => paths.every((path) => files.isFile(path));
const allDirectories = (files: GuestFiles, ...paths: readonly string[]): boolean =>
  paths.every((path) => files.isDirectory(path));

/** The first that fits counts. */
const KINDS: readonly Kind[] = [
  // A boot filesystem of GRUB.
  { has: (files) => ["/grub/menu.lst", "/grub/grub.conf", "/grub2/grub.cfg"].some((path) => files.isFile(path)) },
  {
    has: (files) => isUnix(files) && allFiles(files, "/etc/freebsd-update.conf", "/etc/fstab"),
    describe: (files, command) => ({
      type: "freebsd",
      ...titled(files, "/etc/motd", "freebsd"),
      ...common(files, command, rcConfHostname(files)),
    }),
  },
  {
    has: (files) => isUnix(files) && allFiles(files, "/netbsd", "/etc/fstab", "/etc/release"),
    describe: (files, command) => ({
      type: "netbsd",
      ...titled(files, "/etc/release", "netbsd"),
      ...common(files, command, rcConfHostname(files)),
    }),
  },
  {
    has: (files) => isUnix(files) && allFiles(files, "/bsd", "/etc/fstab", "/etc/motd"),
    describe: (files, command) => ({
      type: "openbsd",
      ...titled(files, "/etc/motd", "openbsd"),
      ...common(files, command, nameIn(files, "/etc/myname")),
    }),
  },
  {
    has: (files) => allFiles(files, "/hurd/console", "/hurd/hello", "/hurd/null"),
    describe: (files, command) => ({ ...linux(files, command), type: "hurd" }),
  },
  {
    has: (files) => isUnix(files) && allFiles(files, "/service/vm", "/etc/fstab", "/etc/version"),
    describe: (files, command) => ({
      type: "minix",
      ...titled(files, "/etc/version"),
      ...common(files, command, nameIn(files, "/etc/hostname.file")),
    }),
  },
  { has: isLinux, describe: linux },
  {
    has: (files) => allDirectories(files, "/etc", "/root", "/home", "/usr") && files.isFile("/etc/coreos/update.conf"),
    describe: (files, command) => ({ ...linux(files, command), distro: "coreos", packages: {} }),
  },
  { has: (files) => findSystemroot(files) !== undefined, describe: describeWindows },
  {
    has: (files) => files.caseless("/FDOS/FREEDOS.BSS") !== undefined,
    describe: () => ({ type: "dos", distro: "freedos", arch: "i386" }),
  },
  {
    has: (files) => files.caseless("/DOS/COMMAND.COM") !== undefined,
    describe: () => ({ type: "dos", distro: "msdos", arch: "i386" }),
  },
];

/** The system whose root is mounted; undefined when there is none. */
export function detectSystem(files: GuestFiles, command: Commands): System | undefined {
  const kind = files.together(() => KINDS.find(({ has }) => has(files)));
  return kind?.describe?.(files, command);
}

/** Whether this is the /usr of a CoreOS, which no fstab names. */
export function isCoreosUsr(files: GuestFiles): boolean {
  return allDirectories(files, "/bin", "/share", "/local", "/share/coreos");
}

function isLinux(files: GuestFiles): boolean {
  if (!files.isDirectory("/etc")) return false;
  // libguestfs asks for no more than this, nor for less; a system that says what it is needs neither.
  const named = ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/redhat-release"];
  if (named.some((path) => files.isFile(path))) return true;
  // The link leads nowhere while /usr, a filesystem of its own, is not mounted.
  const hasBin = files.isDirectory("/bin") || /^\/?usr\/bin$/.test(files.linkTarget("/bin") ?? "");
  return hasBin && ["/etc/fstab", "/etc/hosts"].some((path) => files.isFile(path));
}

function linux(files: GuestFiles, command: Commands): System {
  const release = readRelease(files);
  return {
    type: "linux",
    ...release,
    packages: packageTools(files, release),
    ...common(files, command, linuxHostname(files)),
  };
}

/** Name and version from the first line of a file. */
function titled(files: GuestFiles, path: string, distro?: string): Release {
  const title = files.firstLine(path);
  // `OpenBSD ?.? (UNKNOWN)`: until the first boot there is no version, and a later number on the line is none.
  const version = /^\S*\s*\?/.test(title ?? "") ? undefined : versionOf(title ?? "");
  return {
    ...(distro === undefined ? {} : { distro }),
    ...(title === undefined ? {} : { productName: title }),
    ...(version === undefined ? {} : { version }),
  };
}

function common(files: GuestFiles, command: Commands, hostname: string | undefined): Pick<System, "arch" | "hostname"> {
  const arch = programArchitecture(files, command);
  return { ...(arch === undefined ? {} : { arch }), ...(hostname === undefined ? {} : { hostname }) };
}

function programArchitecture(files: GuestFiles, command: Commands): string | undefined {
  for (const path of PROGRAMS) {
    if (!files.isFile(path)) continue;
    try {
      return fileArchitecture(path, { sysroot: files.sysroot, command });
    } catch (error) {
      // A script, or damaged: the next program may tell.
      if (!(error instanceof ActionError)) throw error;
    }
  }
  return undefined;
}
