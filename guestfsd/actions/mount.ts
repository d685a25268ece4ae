/** Daemon side of schemas/actions/mount.ts: mount(2) and umount2(2) through koffi; nothing is spawned. */
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  statSync,
} from "node:fs";

import { bytesFromText, textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context, Sysroot } from "../context.ts";
import { parseMountable } from "../devices.ts";
import { about, ActionError, errnoCode, failure } from "../errors.ts";
import { parseMountOptions } from "../mount-options.ts";
import { volumeName } from "../mounted-devices.ts";
import { probeDevice } from "../native/blkid.ts";
import {
  closeQuietly,
  mount as systemMount,
  MNT_DETACH,
  MS_RDONLY,
  MS_REMOUNT,
  O_PATH,
  open,
  statvfs,
  umount2,
} from "../native/libc.ts";
import { withLoopDevice } from "../native/loop.ts";
import { watchOf } from "../watch.ts";

const MNT_FORCE = 1;
/** nosuid, nodev, noexec, sync, noatime, nodiratime: the same bits in statvfs(3) and mount(2). */
const KEPT_FLAGS = 2 | 4 | 8 | 16 | 1024 | 2048;

interface MountPoint {
  /** Real device name. */
  readonly device: string;
  /** Path in the guest, `/` for the root. */
  readonly path: string;
}

export const mount = {
  mount({ mountable, mountpoint }, context) {
    mountDevice(context, mountable, mountpoint, "");
  },

  mount_ro({ mountable, mountpoint }, context) {
    mountDevice(context, mountable, mountpoint, "ro");
  },

  mount_options({ options, mountable, mountpoint }, context) {
    mountDevice(context, mountable, mountpoint, options);
  },

  mount_vfs({ options, vfstype, mountable, mountpoint }, context) {
    mountDevice(context, mountable, mountpoint, options, vfstype);
  },

  mount_loop({ file, mountpoint }, context) {
    const { sysroot } = context;
    const { fd, readOnly } = about(file, () => openForLoop(sysroot, file));
    try {
      about(file, () =>
        withLoopDevice(fd, readOnly, (device) => mountDevice(context, device, mountpoint, readOnly ? "ro" : "")),
      );
    } finally {
      closeSync(fd);
    }
  },

  umount({ pathordevice, force, lazyunmount }, { sysroot, devices, kept }) {
    const mounted = mountPoints(sysroot);
    const wanted = devices.isDevice(pathordevice)
      ? mounted.findLast(({ device }) => device === pathordevice)
      : mounted.findLast(({ path }) => path === canonical(sysroot, pathordevice));
    if (wanted === undefined) throw new ActionError(`${devices.toApi(pathordevice)}: not mounted`, "EINVAL");
    watchOf(kept)?.drain();
    const flags = (force === true ? MNT_FORCE : 0) | (lazyunmount === true ? MNT_DETACH : 0);
    unmount(sysroot, wanted.path, flags);
  },

  umount_all(_args, context) {
    unmountAll(context);
  },

  mounts(_args, { sysroot }) {
    return mountPoints(sysroot).map(({ device }) => device);
  },

  mountpoints(_args, { sysroot }) {
    return mountPoints(sysroot).map(({ device, path }) => [device, path] as const);
  },

  mkmountpoint({ exemptpath }, { sysroot }) {
    const path = exempt(exemptpath);
    about(path, () => sysroot.inside(() => mkdirSync(Buffer.from(bytesFromText(path)), 0o777)));
  },

  rmmountpoint({ exemptpath }, { sysroot }) {
    const path = exempt(exemptpath);
    about(path, () => {
      sysroot.inside(() => {
        rmdirSync(Buffer.from(bytesFromText(path)));
      });
    });
  },

  remount({ mountpoint, rw }, { sysroot }) {
    if (rw === undefined) throw new ActionError("you must specify the 'rw' flag", "EINVAL");
    const path = canonical(sysroot, mountpoint);
    if (!mountPoints(sysroot).some((mounted) => mounted.path === path)) throw failure(mountpoint, "EINVAL");
    about(mountpoint, () => {
      const place = appliancePath(sysroot, path);
      // What is not said again would be lost.
      const kept = Number(statvfs(place).flag) & KEPT_FLAGS;
      systemMount(null, place, null, MS_REMOUNT | kept | (rw ? 0 : MS_RDONLY));
    });
  },

  internal_parse_mountable({ mountable }, { devices }) {
    const { device, subvolume } = parseMountable(mountable, devices);
    return { im_type: subvolume === undefined ? 0 : 1, im_device: devices.toApi(device), im_volume: subvolume ?? "" };
  },
} satisfies HandlersOf<typeof families.mount, Context>;

/**
 * Closes what is kept open in the guest and unmounts everything below the sysroot, deepest first.
 *
 * @throws ActionError EBUSY
 */
export function unmountAll({ sysroot, kept }: Pick<Context, "sysroot" | "kept">): void {
  for (const [name, held] of kept) {
    if (!held.ofGuest) continue;
    held.close();
    kept.delete(name);
  }
  watchOf(kept)?.drain();
  for (const { path } of mountPoints(sysroot).toReversed()) unmount(sysroot, path, 0);
}

/** Mounts as the actions do. @param mountable with real device names @throws ActionError */
export function mountDevice(
  context: Context,
  mountable: string,
  mountpoint: string,
  optionText: string,
  vfstype?: string,
): void {
  const { device, subvolume } = parseMountable(mountable, context.devices);
  const shown = context.devices.toApi(device);
  const { flags, data } = parseMountOptions(
    subvolume === undefined ? optionText : joinOptions(optionText, `subvol=${subvolume}`),
  );
  const type = vfstype ?? filesystemType(device, shown);
  const target = about(mountpoint, () => openMountPoint(context.sysroot, exempt(mountpoint)));
  try {
    if (type === "ntfs") {
      mountNtfs(context.command, device, target, optionText);
    } else {
      about(`${shown} on ${mountpoint}`, () => {
        mountOrReadOnly(device, `/proc/self/fd/${target}`, type, flags, data === "" ? null : data);
      });
    }
  } finally {
    closeQuietly(target);
  }
  watchOf(context.kept)?.refresh();
}

/** As mount(8): what cannot be written is mounted read-only. */
function mountOrReadOnly(device: string, target: string, type: string, flags: number, data: string | null): void {
  try {
    systemMount(device, target, type, flags, data);
  } catch (error) {
    const code = errnoCode(error);
    if ((code !== "EROFS" && code !== "EACCES") || (flags & MS_RDONLY) !== 0) throw error;
    systemMount(device, target, type, flags | MS_RDONLY, data);
  }
}

/** Debian's kernel has no NTFS; ntfs-3g stays in the background for as long as it is mounted. */
function mountNtfs(command: Commands, device: string, target: number, options: string): void {
  const place = readlinkSync(`/proc/self/fd/${target}`);
  command.check(["ntfs-3g", ...(options === "" ? [] : ["-o", options]), device, place]);
}

/** A descriptor of the mount point, found with the guest as root: no symbolic link of the guest leads out. */
function openMountPoint(sysroot: Sysroot, path: string): number {
  return sysroot.inside(() => open(path, O_PATH | constants.O_DIRECTORY));
}

/** For writing if that can be. */
function openForLoop(sysroot: Sysroot, file: string): { readonly fd: number; readonly readOnly: boolean } {
  const flags = constants.O_NONBLOCK | constants.O_NOCTTY;
  const openAs = (access: number): number =>
    sysroot.inside(() => openSync(Buffer.from(bytesFromText(file)), access | flags));
  if (!sysroot.inside(() => statSync(Buffer.from(bytesFromText(file)))).isFile()) {
    throw new ActionError(`${file}: not a regular file`, "EINVAL");
  }
  try {
    return { fd: openAs(constants.O_RDWR), readOnly: false };
  } catch (error) {
    if (errnoCode(error) !== "EROFS") throw error;
    return { fd: openAs(constants.O_RDONLY), readOnly: true };
  }
}

function filesystemType(device: string, shown: string): string {
  const found = about(shown, () => probeDevice(device));
  const type = found.get("TYPE");
  if (type === undefined || found.get("USAGE") !== "filesystem") {
    throw new ActionError(
      `${shown}: ${type === undefined ? "no filesystem is recognised on it" : `holds ${type}, not a filesystem`}`,
      "EINVAL",
    );
  }
  return type;
}

function joinOptions(...options: readonly string[]): string {
  return options.filter((option) => option !== "").join(",");
}

function exempt(path: string): string {
  if (!path.startsWith("/")) throw new ActionError(`${path}: path must start with a / character`, "EINVAL");
  return path;
}

/** What is mounted at or below the sysroot, in the order it was mounted. */
function mountPoints(sysroot: Sysroot): MountPoint[] {
  return textFromBytes(readFileSync("/proc/thread-self/mounts"))
    .split("\n")
    .flatMap((line) => {
      const [device = "", where = ""] = line.split(" ").map(unescapeOctal);
      if (where === sysroot.path) return [{ device: volumeName(device), path: "/" }];
      if (!where.startsWith(`${sysroot.path}/`)) return [];
      return [{ device: volumeName(device), path: where.slice(sysroot.path.length) }];
    });
}

/** /proc/mounts writes blank, tab, line feed and backslash as `\ooo`. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function canonical(sysroot: Sysroot, path: string): string {
  return about(path, () =>
    sysroot.inside(() => textFromBytes(realpathSync.native(Buffer.from(bytesFromText(path)), { encoding: "buffer" }))),
  );
}

function appliancePath(sysroot: Sysroot, path: string): string {
  return path === "/" ? sysroot.path : sysroot.path + path;
}

function unmount(sysroot: Sysroot, path: string, flags: number): void {
  const UMOUNT_NOFOLLOW = 8;
  about(path, () => {
    umount2(appliancePath(sysroot, path), flags | UMOUNT_NOFOLLOW);
  });
}
