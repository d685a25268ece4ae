/**
 * Where the filesystems of a guest are mounted, and so what a name in a filesystem is called in the guest. A name that the guest
 * does not show (a subvolume that is not mounted, a directory below a mount point) has a path that no guest has. Pure.
 */
import type { GildVolume } from "../../schemas/index.ts";
import type { Files, GuestFile } from "./entry.ts";
import type { Part, Place, Scope } from "./side.ts";

/** Begins the path of what the guest does not show. */
const HIDDEN = "\0";

export class Volumes {
  /** By mount point; the last that was mounted there. */
  readonly #mounts = new Map<string, GildVolume>();
  /** The deepest mount points first. */
  #deepest: readonly GildVolume[] = [];
  /** By device, the innermost subvolumes first. */
  #byDevice: ReadonlyMap<string, readonly GildVolume[]> = new Map();

  /** Takes note of what is mounted now. What is not mounted any more stays known. */
  add(volumes: readonly GildVolume[]): void {
    for (const volume of volumes) this.#mounts.set(volume.mountpoint, volume);
    const all = [...this.#mounts.values()];
    this.#deepest = all.toSorted((a, b) => b.mountpoint.length - a.mountpoint.length);
    const inner = all.toSorted(
      (a, b) => b.prefix.length - a.prefix.length || a.mountpoint.length - b.mountpoint.length,
    );
    const byDevice = new Map<string, GildVolume[]>();
    for (const volume of inner) byDevice.set(volume.device, [...(byDevice.get(volume.device) ?? []), volume]);
    this.#byDevice = byDevice;
  }

  get devices(): string[] {
    return [...this.#byDevice.keys()];
  }

  /** What the guest shows of a filesystem: `/`, or its mounted subvolumes. */
  rootsOf(device: string): string[] {
    const prefixes = (this.#byDevice.get(device) ?? []).map(({ prefix }) => prefix);
    return [...new Set(prefixes)].filter((one) => !prefixes.some((other) => other !== one && isBelow(one, other)));
  }

  /** Path in the guest of a name in a filesystem; see isHidden(). */
  pathOf({ device, path }: Place): string {
    for (const mount of this.#byDevice.get(device) ?? []) {
      if (!isBelow(path, mount.prefix)) continue;
      const shown = join(mount.mountpoint, below(path, mount.prefix));
      if (this.#ownerOf(shown) === mount) return shown;
    }
    return `${HIDDEN}${device}${HIDDEN}${path}`;
  }

  /** The name in a filesystem that pathOf() gave this path. */
  placeOf(path: string): Place {
    if (path.startsWith(HIDDEN)) {
      const [, device = "", inner = "/"] = path.split(HIDDEN);
      return { device, path: inner };
    }
    const owner = this.#ownerOf(path);
    if (owner === undefined) return { device: "", path };
    return { device: owner.device, path: join(owner.prefix, below(path, owner.mountpoint)) };
  }

  /** The directories that mount points are made of, each with the mount that covers it. */
  get mountDirectories(): { readonly mount: GildVolume; readonly directory: Place }[] {
    return [...this.#mounts.values()].flatMap((mount) => {
      const parent = this.#ownerOf(mount.mountpoint, mount);
      if (parent === undefined) return [];
      const path = join(parent.prefix, below(mount.mountpoint, parent.mountpoint));
      return [{ mount, directory: { device: parent.device, path } }];
    });
  }

  /**
   * Files of filesystems as the guest shows them. A mount point is what is mounted there, but only where its directory is
   * there too, if that was asked for.
   */
  show(found: ReadonlyMap<string, ReadonlyMap<string, GuestFile>>, scope: Scope): Files {
    const shown = new Map<string, GuestFile>();
    for (const [device, files] of found) {
      for (const [path, file] of files) shown.set(this.pathOf({ device, path }), file);
    }
    for (const { mount, directory } of this.mountDirectories) {
      if (!covers(scope.get(directory.device), directory.path)) continue;
      const under = found.get(directory.device)?.get(directory.path);
      shown.delete(this.pathOf(directory));
      if (under === undefined) shown.delete(mount.mountpoint);
      else if (!shown.has(mount.mountpoint)) shown.set(mount.mountpoint, under);
    }
    return shown;
  }

  /** The mount that a path of the guest is on. */
  #ownerOf(path: string, except?: GildVolume): GildVolume | undefined {
    return this.#deepest.find((volume) => volume !== except && isBelow(path, volume.mountpoint));
  }
}

/** Whether the guest does not show this path of pathOf(). */
export function isHidden(path: string): boolean {
  return path.startsWith(HIDDEN);
}

/** Whether a path is looked at by this part. */
export function covers(part: Part | undefined, path: string): boolean {
  return part !== undefined && (part.paths.includes(path) || part.trees.some((tree) => isBelow(path, tree)));
}

/** Whether a path is this directory or in it. */
export function isBelow(path: string, directory: string): boolean {
  return directory === "/" || path === directory || path.startsWith(`${directory}/`);
}

/** The rest of a path that is below a directory: "" or with a slash in front. */
function below(path: string, directory: string): string {
  if (path === directory) return "";
  return directory === "/" ? path : path.slice(directory.length);
}

function join(directory: string, rest: string): string {
  if (directory === "/") return rest === "" ? "/" : rest;
  return directory + rest;
}
