/** Reads a guest's /etc/fstab (fstab(5)). What the names in it mean is fstab-device.ts's. */
import type { GuestFiles } from "./guest-files.ts";

export interface FstabEntry {
  /** `UUID=...`, `/dev/...`, `tmpfs`, ... */
  readonly spec: string;
  /** Absolute path, `none`, `swap`. */
  readonly mountpoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** More lines than any honest guest has. */
const ENTRIES_MAX = 256;

/** Every line that is an entry; what cannot be read is left out. */
export function readFstab(files: GuestFiles): readonly FstabEntry[] {
  const entries: FstabEntry[] = [];
  for (const line of files.lines("/etc/fstab")) {
    const [spec = "", mountpoint, type, options = ""] = line.trim().split(/[ \t]+/);
    if (spec === "" || spec.startsWith("#") || mountpoint === undefined || type === undefined) continue;
    entries.push({
      spec: unescapeOctal(unquote(spec)),
      mountpoint: unescapeOctal(mountpoint),
      type,
      options: options.split(","),
    });
    if (entries.length === ENTRIES_MAX) break;
  }
  return entries;
}

/** Btrfs subvolume that an entry mounts, without slashes at its ends. */
export function subvolumeOf({ type, options }: FstabEntry): string | undefined {
  if (type !== "btrfs") return undefined;
  const option = options.find((one) => one.startsWith("subvol="))?.slice("subvol=".length);
  return option?.replaceAll(/^\/+|\/+$/g, "") || undefined;
}

/** Drives of media that come and go, and where such are mounted: nobody misses them. */
const LOOSE_DEVICE = /^\/dev\/(?:fd\d|cd|sr\d|iseries\/vcd)/u;
const LOOSE_MOUNTPOINT = /^\/(?:dev|media|proc|selinux|sys)(?:\/|$)/u;

/**
 * The device of an entry that names none of the attached disks': libguestfs tells it as it is written, so that who mounts the
 * guest learns what is missing. A label or a UUID is no name of a device.
 */
export function absentDevice({ spec, mountpoint, type }: FstabEntry): string | undefined {
  if (!spec.startsWith("/dev/") || type === "tmpfs" || LOOSE_DEVICE.test(spec)) return undefined;
  return LOOSE_MOUNTPOINT.test(mountpoint) ? undefined : spec;
}

/** Absolute path without doubled or final slashes; undefined for what is none. */
export function mountpointOf({ mountpoint }: FstabEntry): string | undefined {
  if (!mountpoint.startsWith("/")) return undefined;
  const parts = mountpoint.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}

/** LABEL="..." */
function unquote(spec: string): string {
  return spec.replace(/^(\w+=)(["'])(.*)\2$/, "$1$3");
}

/** `\040` and the like. */
function unescapeOctal(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
