/**
 * Finds the operating systems on the attached disks and what is known of them, with the client alone. Every candidate is
 * mounted read-only, looked at, and unmounted; the disks' contents are parsed in the appliance, small text files of the
 * guest here, with limits. Changes nothing.
 */
import type { GuestFacts, Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";
import { parseFstab } from "./fstab.ts";
import { readFacts, readHostname, readOsRelease } from "./guest-facts.ts";
import { guestHas, readSmallText } from "./guest-read.ts";
import { mountAll, resolveMounts, type Filesystem, type GuestMount } from "./mounts.ts";
import { readPackages, type InstalledPackage } from "./packages.ts";
import { RunError } from "./run-error.ts";

/** An operating system: where its root is and what it mounts. */
export interface Root {
  /** Mountable of the root filesystem. */
  readonly device: string;
  readonly facts: GuestFacts;
  readonly hostname: string;
  /** `Debian GNU/Linux 12 (bookworm)`; text of the guest: escape before showing on a terminal. */
  readonly prettyName: string;
  readonly mounts: readonly GuestMount[];
  readonly warnings: readonly string[];
}

export interface InspectedRoot extends Root {
  readonly packageCount?: number;
  readonly packages?: readonly InstalledPackage[];
}

export interface InspectedFilesystem extends Filesystem {
  readonly label?: string;
  readonly uuid?: string;
  /** Bytes of the device. */
  readonly sizeBytes?: bigint;
}

export interface Inspection {
  readonly roots: readonly InspectedRoot[];
  readonly filesystems: readonly InspectedFilesystem[];
}

const rootTypes: ReadonlySet<string> = new Set(["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "reiserfs"]);
/** More filesystems than any honest image has. */
const CANDIDATES_MAX = 64;

/** Filesystems of the attached disks, in the order the daemon lists them; unknown ones and swap included. */
export async function listFilesystems(g: Guestfs): Promise<Filesystem[]> {
  return (await g.list_filesystems()).map(([mountable, type]) => ({ mountable, type }));
}

/** Operating systems on the attached disks. Nothing may be mounted; nothing is mounted afterwards. */
export async function findRoots(g: Guestfs): Promise<Root[]> {
  const filesystems = await listFilesystems(g);
  const roots: Root[] = [];
  for (const { mountable } of filesystems.filter((fs) => rootTypes.has(fs.type)).slice(0, CANDIDATES_MAX)) {
    const root = await lookAt(g, mountable, filesystems);
    if (root !== undefined) roots.push(root);
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
  const list = roots.map((root) => `${root.device} (${root.prettyName || "unknown system"})`).join(", ");
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

/** Mounts a guest with all its filesystems. @returns warnings */
export async function mountGuest(g: Guestfs, root: Root, mode: "ro" | "rw"): Promise<readonly string[]> {
  return [...root.warnings, ...(await mountAll(g, root.mounts, mode))];
}

/** Everything `gild inspect` shows. @param options.root only this one; `packages`: list them, not only their number */
export async function inspectImage(
  g: Guestfs,
  options: { readonly root?: string; readonly packages?: boolean } = {},
): Promise<Inspection> {
  const found = await findRoots(g);
  const wanted = options.root === undefined ? found : [chooseRoot(found, options.root)];
  const roots: InspectedRoot[] = [];
  for (const root of wanted) {
    const warnings = await mountGuest(g, root, "ro");
    const facts = await readFacts(g, root.device);
    const packages = await readPackages(g);
    await g.umount_all();
    roots.push({
      ...root,
      facts,
      warnings,
      ...(packages === undefined ? {} : { packageCount: packages.length }),
      ...(packages !== undefined && options.packages === true ? { packages } : {}),
    });
  }
  const filesystems: InspectedFilesystem[] = [];
  for (const filesystem of await listFilesystems(g)) filesystems.push(await describeFilesystem(g, filesystem));
  return { roots, filesystems };
}

async function lookAt(g: Guestfs, device: string, filesystems: readonly Filesystem[]): Promise<Root | undefined> {
  try {
    await g.mount_ro({ mountable: device, mountpoint: "/" });
  } catch (error) {
    // A filesystem that cannot be mounted (damaged, foreign features) holds no system that could be worked on.
    if (error instanceof GuestfsError) return undefined;
    throw error;
  }
  try {
    if (!(await looksLikeRoot(g))) return undefined;
    const release = await readOsRelease(g);
    const fstab = parseFstab((await readSmallText(g, "/etc/fstab")) ?? "");
    const resolved = await resolveMounts(g, device, fstab, filesystems);
    return {
      device,
      facts: await readFacts(g, device),
      hostname: await readHostname(g),
      prettyName: release.get("PRETTY_NAME") ?? release.get("NAME") ?? "",
      mounts: resolved.mounts,
      warnings: resolved.warnings,
    };
  } finally {
    await g.umount_all();
  }
}

/** A separate /usr or /boot has no /etc of its own; a data disk with an etc folder has neither os-release nor programs. */
async function looksLikeRoot(g: Guestfs): Promise<boolean> {
  if (!(await guestHas(g, "/etc"))) return false;
  const known = ["/etc/os-release", "/usr/lib/os-release", "/etc/debian_version", "/etc/redhat-release", "/etc/fstab"];
  for (const path of known) if (await guestHas(g, path)) return true;
  return false;
}

async function describeFilesystem(g: Guestfs, filesystem: Filesystem): Promise<InspectedFilesystem> {
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
