/**
 * Finds the operating systems on the attached disks and what is known of them. The daemon looks for them and says where
 * their filesystems belong (inspect_os); small text files of the guest are read here, with limits. Changes nothing.
 */
import type { GuestFacts, Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";
import { isDiskMount, parseFstab } from "./fstab.ts";
import { readFacts, readHostname, readOsRelease } from "./guest-facts.ts";
import { readSmallText } from "./guest-read.ts";
import { listApplications } from "./library/applications.ts";
import { joinVersion } from "./library/package-files.ts";
import { mountAll, mountWarning, normalizePath, parentsFirst, type GuestMount } from "./mounts.ts";
import { RunError } from "./run-error.ts";

/** An operating system: where its root is and what belongs to it. */
export interface Root {
  /** Mountable of the root filesystem. */
  readonly device: string;
  /** libguestfs's name of the kind of system: `linux`, `windows`, ... */
  readonly type: string;
  /** `debian 12.4`; text of the guest: escape before showing on a terminal. */
  readonly name: string;
  /** Where its filesystems belong, those that it does not mount by itself too. Parents before what is below them. */
  readonly mountpoints: readonly GuestMount[];
}

/** What is mounted of a guest. */
export interface MountedGuest {
  /** Parents before what is below them. */
  readonly mounts: readonly GuestMount[];
  /** Entries of fstab that name nothing attached, and what could not be mounted; lower case, no final stop. */
  readonly warnings: readonly string[];
}

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

export interface InspectedRoot extends MountedGuest {
  readonly device: string;
  readonly facts: GuestFacts;
  readonly hostname: string;
  /** `Debian GNU/Linux 12 (bookworm)`; text of the guest. */
  readonly prettyName: string;
  readonly packageCount?: number;
  readonly packages?: readonly InstalledPackage[];
}

export interface InspectedFilesystem {
  /** Device, or `btrfsvol:DEVICE/SUBVOLUME`. */
  readonly mountable: string;
  readonly type: string;
  readonly label?: string;
  readonly uuid?: string;
  /** Bytes of the device. */
  readonly sizeBytes?: bigint;
}

export interface Inspection {
  readonly roots: readonly InspectedRoot[];
  readonly filesystems: readonly InspectedFilesystem[];
}

/** Operating systems on the attached disks. Unmounts what is mounted; nothing is mounted afterwards. */
export async function findRoots(g: Guestfs): Promise<Root[]> {
  const roots: Root[] = [];
  for (const root of await g.inspect_os()) {
    const [distro, major, minor] = [
      await g.inspect_get_distro({ root }),
      await g.inspect_get_major_version({ root }),
      await g.inspect_get_minor_version({ root }),
    ];
    const mountpoints = await g.inspect_get_mountpoints({ root });
    roots.push({
      device: root,
      type: await g.inspect_get_type({ root }),
      name: `${distro} ${major}.${minor}`,
      mountpoints: parentsFirst(mountpoints.map(([mountpoint, mountable]) => ({ mountpoint, mountable }))),
    });
  }
  return roots;
}

/**
 * The one operating system to work on.
 *
 * @param wanted mountable of `--root`
 * @throws RunError no-os, many-os, root-unknown
 */
export function chooseRoot(roots: readonly Root[], wanted?: string): Root {
  const list = roots.map(({ device, name }) => `${device} (${name})`).join(", ");
  if (wanted !== undefined) {
    const root = roots.find((candidate) => candidate.device === wanted);
    if (root === undefined) {
      throw new RunError("root-unknown", `${wanted}: no operating system there; found: ${list || "none"}`);
    }
    return root;
  }
  const [first, ...others] = roots;
  if (first === undefined) {
    throw new RunError("no-os", "no operating system found on the disk; a recipe for a blank disk needs `disks:`");
  }
  if (others.length > 0) {
    throw new RunError("many-os", `more than one operating system on the disk; choose one with --root: ${list}`);
  }
  return first;
}

/** Mounts a guest with all the filesystems that it would mount when it starts. */
export async function mountGuest(g: Guestfs, root: Root, mode: "ro" | "rw"): Promise<MountedGuest> {
  const top = { mountpoint: "/", mountable: root.device };
  await mountAll(g, [top], mode);
  const entries = parseFstab((await readSmallText(g, "/etc/fstab")) ?? "");
  const wanted = entries.filter(isDiskMount);
  const found = new Set(root.mountpoints.map(({ mountpoint }) => mountpoint));
  const missing = wanted.filter(
    ({ mountpoint, options }) => !found.has(normalizePath(mountpoint)) && !options.includes("nofail"),
  );
  const left = new Set(entries.map(({ mountpoint }) => normalizePath(mountpoint)));
  for (const { mountpoint } of wanted) left.delete(normalizePath(mountpoint));
  const others = root.mountpoints.filter(({ mountpoint }) => mountpoint !== "/" && !left.has(mountpoint));
  const failed = await mountAll(g, others, mode);
  // A name in fstab that is none of the attached disks', which the daemon tells as it stands there.
  const absent = new Set(failed.filter(({ error }) => error.errno === "ENOENT").map(({ mount }) => mount));
  const optional = new Set(
    entries.filter(({ options }) => options.includes("nofail")).map(({ mountpoint }) => normalizePath(mountpoint)),
  );
  const warned = failed.filter(({ mount }) => !(absent.has(mount) && optional.has(mount.mountpoint)));
  return {
    mounts: [top, ...others.filter((mount) => !absent.has(mount))],
    warnings: [
      ...missing.map(({ mountpoint, spec }) => `fstab: ${mountpoint}: no filesystem ${spec} on the disks`),
      ...warned.map(mountWarning),
    ],
  };
}

/** Everything `gild inspect` shows. @param options.root only this one; `packages`: list them, not only their number */
export async function inspectImage(
  g: Guestfs,
  options: { readonly root?: string; readonly packages?: boolean } = {},
): Promise<Inspection> {
  const found = await findRoots(g);
  const wanted = options.root === undefined ? found : [chooseRoot(found, options.root)];
  const roots: InspectedRoot[] = [];
  for (const root of wanted) roots.push(await inspectRoot(g, root, options.packages === true));
  const filesystems: InspectedFilesystem[] = [];
  for (const [mountable, type] of await g.list_filesystems()) {
    filesystems.push(await describeFilesystem(g, { mountable, type }));
  }
  return { roots, filesystems };
}

async function inspectRoot(g: Guestfs, root: Root, withPackages: boolean): Promise<InspectedRoot> {
  const { device, name } = root;
  const { mounts, warnings: unmounted } = await mountGuest(g, root, "ro");
  const warnings = [...unmounted];
  try {
    const release = await readOsRelease(g);
    const packages = await listPackages(g, device, warnings);
    return {
      device,
      facts: { ...(await readFacts(g, device)), os: root.type },
      hostname: await readHostname(g),
      prettyName: release.get("PRETTY_NAME") ?? release.get("NAME") ?? name,
      mounts,
      warnings,
      ...(packages === undefined ? {} : { packageCount: packages.length }),
      ...(packages !== undefined && withPackages ? { packages } : {}),
    };
  } finally {
    await g.umount_all();
  }
}

/** A database that cannot be read is a warning. */
async function listPackages(g: Guestfs, root: string, warnings: string[]): Promise<InstalledPackage[] | undefined> {
  try {
    const found = await listApplications(g, root);
    return found?.map((one) => ({ name: one.app2_name, version: joinVersion(one), arch: one.app2_arch }));
  } catch (error) {
    if (!(error instanceof GuestfsError)) throw error;
    warnings.push(`packages: ${error.reason}`);
    return undefined;
  }
}

async function describeFilesystem(g: Guestfs, filesystem: InspectedFilesystem): Promise<InspectedFilesystem> {
  const { mountable } = filesystem;
  if (mountable.startsWith("btrfsvol:")) return filesystem;
  try {
    const info = new Map(await g.blkid({ device: mountable }));
    const [label, uuid] = [info.get("LABEL"), info.get("UUID")];
    return {
      ...filesystem,
      ...(label === undefined ? {} : { label }),
      ...(uuid === undefined ? {} : { uuid }),
      sizeBytes: await g.blockdev_getsize64({ device: mountable }),
    };
  } catch (error) {
    if (error instanceof GuestfsError) return filesystem;
    throw error;
  }
}
