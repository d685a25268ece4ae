/**
 * From the names in fstab to the filesystems of the attached disks, and from those to mounts. The appliance's own device
 * names are used throughout: `/dev/vda1` of the guest is `/dev/sda1` here.
 */
import type { Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";
import { isDiskMount, type FstabEntry } from "./fstab.ts";

/** A filesystem of the attached disks. */
export interface Filesystem {
  /** Device, or `btrfsvol:DEVICE/SUBVOLUME`. */
  readonly mountable: string;
  readonly type: string;
}

/** Where a filesystem is mounted in the guest. */
export interface GuestMount {
  readonly mountpoint: string;
  readonly mountable: string;
}

export interface ResolvedMounts {
  /** Parents before what is below them. */
  readonly mounts: readonly GuestMount[];
  /** Entries that name nothing that is attached; lower case, no final stop. */
  readonly warnings: readonly string[];
}

/**
 * Resolves the disk entries of an fstab. The root filesystem is the one given, whatever fstab says of `/`.
 *
 * @param root mountable that the fstab was read from
 */
export async function resolveMounts(
  g: Guestfs,
  root: string,
  entries: readonly FstabEntry[],
  filesystems: readonly Filesystem[],
): Promise<ResolvedMounts> {
  const tags = new DeviceTags(g, filesystems);
  const mounts = new Map<string, GuestMount>([["/", { mountpoint: "/", mountable: root }]]);
  const warnings: string[] = [];
  for (const entry of entries) {
    const mountpoint = normalizePath(entry.mountpoint);
    if (!isDiskMount(entry) || mounts.has(mountpoint)) continue;
    const device = await resolveSpec(entry.spec, tags, filesystems);
    const mountable = device === undefined ? undefined : withSubvolume(device, entry);
    if (mountable !== undefined) mounts.set(mountpoint, { mountpoint, mountable });
    else if (!entry.options.includes("nofail"))
      warnings.push(`fstab: ${entry.mountpoint}: no filesystem ${entry.spec} on the disks`);
  }
  const depth = (mount: GuestMount): number => mount.mountpoint.split("/").filter((part) => part !== "").length;
  return { mounts: [...mounts.values()].sort((a, b) => depth(a) - depth(b)), warnings };
}

/**
 * Mounts a guest, parents first. A filesystem other than the root that cannot be mounted is a warning: an honest guest boots
 * without its data disk, and a change that needed it fails on its own step.
 *
 * @returns warnings, lower case, no final stop
 */
export async function mountAll(g: Guestfs, mounts: readonly GuestMount[], mode: "ro" | "rw"): Promise<string[]> {
  const warnings: string[] = [];
  for (const { mountable, mountpoint } of mounts) {
    try {
      if (mode === "ro") await g.mount_ro({ mountable, mountpoint });
      else await g.mount({ mountable, mountpoint });
    } catch (error) {
      if (mountpoint === "/" || !(error instanceof GuestfsError)) throw error;
      warnings.push(`${mountpoint}: ${mountable} is not mounted: ${error.reason}`);
    }
  }
  return warnings;
}

/** Absolute path without doubled or final slashes. */
export function normalizePath(path: string): string {
  return `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
}

/** `/dev/mapper/VG-LV` -> `/dev/VG/LV`: device mapper doubles the hyphens of names and joins them by one. */
export function mapperToLv(path: string): string | undefined {
  const name = /^\/dev\/mapper\/(.+)$/u.exec(path)?.[1];
  if (name === undefined) return undefined;
  const cut = /(?<!-)(?:--)*-(?!-)/u.exec(name);
  if (cut === null) return undefined;
  const at = cut.index + cut[0].length - 1;
  const [group, volume] = [name.slice(0, at), name.slice(at + 1)].map((part) => part.replaceAll("--", "-"));
  return group === "" || volume === "" ? undefined : `/dev/${group}/${volume}`;
}

async function resolveSpec(
  spec: string,
  tags: DeviceTags,
  filesystems: readonly Filesystem[],
): Promise<string | undefined> {
  const tag = /^(UUID|LABEL|PARTUUID|PARTLABEL)=(?:"(.*)"|(.*))$/u.exec(spec);
  if (tag?.[1] !== undefined) return await tags.find(tag[1], tag[2] ?? tag[3] ?? "");
  const link = /^\/dev\/disk\/by-(uuid|label|partuuid|partlabel)\/(.+)$/u.exec(spec);
  if (link?.[1] !== undefined) return await tags.find(link[1].toUpperCase(), unescapeUdev(link[2] ?? ""));
  const device = mapperToLv(spec) ?? spec.replace(/^\/dev\/(?:xv|[hv])d(?=[a-z])/u, "/dev/sd");
  return filesystems.some((filesystem) => deviceOf(filesystem.mountable) === device) ? device : undefined;
}

/** udev writes unusual characters of labels as `\x20`. */
function unescapeUdev(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Device of a mountable. */
export function deviceOf(mountable: string): string {
  const device = /^btrfsvol:(\/dev\/(?:[hsv]d[a-z]+\d*|md\d+(?:p\d+)?|dm-\d+|[^/]+\/[^/]+))\//u.exec(mountable);
  return device?.[1] ?? mountable;
}

function withSubvolume(device: string, entry: FstabEntry): string {
  const subvolume = entry.options.find((option) => option.startsWith("subvol="))?.slice("subvol=".length);
  const name = subvolume?.replace(/^\/+/u, "");
  return entry.type === "btrfs" && name !== undefined && name !== "" ? `btrfsvol:${device}/${name}` : device;
}

/** Finds devices by tag; blkid is asked once a device, and only when a tag is looked for. */
class DeviceTags {
  readonly #g: Guestfs;
  readonly #devices: readonly string[];
  #known: Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> | undefined;

  constructor(g: Guestfs, filesystems: readonly Filesystem[]) {
    this.#g = g;
    this.#devices = [...new Set(filesystems.map((filesystem) => deviceOf(filesystem.mountable)))];
  }

  async find(tag: string, value: string): Promise<string | undefined> {
    this.#known ??= this.#read();
    const key = tag.startsWith("PART") ? `PART_ENTRY_${tag === "PARTUUID" ? "UUID" : "NAME"}` : tag;
    for (const [device, info] of await this.#known) {
      const found = info.get(key);
      if (found === value || (tag.endsWith("UUID") && found?.toLowerCase() === value.toLowerCase())) return device;
    }
    return undefined;
  }

  async #read(): Promise<Map<string, ReadonlyMap<string, string>>> {
    const known = new Map<string, ReadonlyMap<string, string>>();
    for (const device of this.#devices) {
      try {
        known.set(device, new Map(await this.#g.blkid({ device })));
      } catch (error) {
        if (!(error instanceof GuestfsError)) throw error;
      }
    }
    return known;
  }
}
