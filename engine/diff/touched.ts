/**
 * What gild's daemon says was touched, and what has to be compared therefore. Where it cannot be told of a filesystem, everything
 * in it is compared by content.
 */
import { gildStructs, StructStream, type Gild, type GildTouch } from "../../schemas/index.ts";
import type { Part, Place, Scope } from "./side.ts";
import { isBelow, type Volumes } from "./volumes.ts";

/** What was touched of one filesystem. */
interface TouchedFiles {
  /** Path in the filesystem -> whether the name itself came, went or was moved. */
  readonly paths: Map<string, boolean>;
  /** Inode numbers of files some of whose names are not known. */
  readonly inodes: bigint[];
}

export interface Touched {
  readonly files: ReadonlyMap<string, TouchedFiles>;
  /** Device -> why everything in it may have changed; "" means all. */
  readonly doubts: Map<string, string>;
  /** Devices of watched filesystems that some program has opened for writing. */
  readonly opened: readonly string[];
  /** Devices that were written to, and hold no filesystem that was watched. */
  readonly written: readonly string[];
}

const TOUCH_MAX = 1 << 20;

export async function readTouched(gild: Gild): Promise<Touched> {
  const files = new Map<string, TouchedFiles>();
  const doubts = new Map<string, string>();
  const opened: string[] = [];
  const written: string[] = [];
  const take = ({ kind, device, text, below, ino }: GildTouch): void => {
    const known: TouchedFiles = files.get(device) ?? { paths: new Map(), inodes: [] };
    if (kind === "path") known.paths.set(text, below !== 0);
    else if (kind === "inode") known.inodes.push(ino);
    else if (kind === "opened") opened.push(device);
    else if (kind === "written") written.push(device);
    // A kind that is not known is a reason to trust nothing.
    else doubts.set(kind === "doubt" ? device : "", text);
    if (kind === "path" || kind === "inode") files.set(device, known);
  };
  const stream = new StructStream(gildStructs.touch, TOUCH_MAX);
  await gild.gild_touched({
    touched: (bytes) => {
      for (const touch of stream.push(bytes)) take(touch);
    },
  });
  stream.end();
  return { files, doubts, opened, written };
}

/** Everything that the guest shows. */
export function wholeScope(volumes: Volumes): Scope {
  const scope = new Map<string, Part>();
  for (const device of volumes.devices)
    scope.set(device, { paths: [], trees: volumes.rootsOf(device), digests: false });
  return withMountPoints(volumes, scope);
}

/** What must be compared: what was touched, and all of what is in doubt. */
export function scopeOf(touched: Touched, volumes: Volumes): Scope {
  const scope = new Map<string, Part>();
  for (const [device, { paths }] of touched.files) {
    const trees = topmost([...paths].filter(([, below]) => below).map(([path]) => path));
    const single = [...paths.keys()].filter((path) => !isBelowAny(path, trees));
    if (trees.size + single.length > 0) scope.set(device, { paths: single, trees: [...trees], digests: false });
  }
  for (const device of touched.doubts.has("") ? volumes.devices : touched.doubts.keys()) {
    const { paths = [], trees = [] } = scope.get(device) ?? {};
    const all = topmost([...trees, ...volumes.rootsOf(device)]);
    scope.set(device, { paths: paths.filter((path) => !isBelowAny(path, all)), trees: [...all], digests: true });
  }
  return withMountPoints(volumes, scope);
}

/** The scope with more names in it. */
export function extended(scope: Scope, places: readonly Place[]): Scope {
  const more = new Map(scope);
  for (const { device, path } of places) {
    const part = more.get(device) ?? { paths: [], trees: [], digests: false };
    more.set(device, { ...part, paths: [...part.paths, path] });
  }
  return more;
}

/** Where the root of a filesystem is looked at, the directory that it is mounted on counts too. */
function withMountPoints(volumes: Volumes, scope: Scope): Scope {
  const places = volumes.mountDirectories
    .filter(({ mount }) => {
      const part = scope.get(mount.device);
      return part !== undefined && [...part.paths, ...part.trees].some((path) => isBelow(mount.prefix, path));
    })
    .map(({ directory }) => directory)
    .filter(({ device, path }) => {
      const part = scope.get(device);
      return part === undefined || !(part.paths.includes(path) || isBelowAny(path, new Set(part.trees)));
    });
  return extended(scope, places);
}

/** The paths that are below no other. */
function topmost(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set(paths);
  return new Set(paths.filter((path) => !ancestors(path).some((above) => all.has(above))));
}

function isBelowAny(path: string, trees: ReadonlySet<string>): boolean {
  return trees.has(path) || ancestors(path).some((above) => trees.has(above));
}

/** `/a/b/c` -> `/a/b`, `/a`, `/`. */
function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) above.push(path.slice(0, end));
  return path === "/" ? above : [...above, "/"];
}
