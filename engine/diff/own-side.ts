/**
 * A side read by gild's own daemon: whole lists of files in one call, by filesystem, whether it is mounted in the guest or not.
 * What the daemon sends is distrusted: sizes are bounded, and only what was asked for is taken.
 */
import { GILD_CONTENT_MAX, gildStructs, StructStream, type Gild, type GildEntry } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import type { Application } from "../library/applications.ts";
import { RunError } from "../run-error.ts";
import { nanoseconds, type Files, type GuestFile } from "./entry.ts";
import type { AugeasTree } from "./augeas.ts";
import type { FileNumber, Place, Scope, Side } from "./side.ts";
import { batches } from "./tree.ts";
import type { Volumes } from "./volumes.ts";

/** A record besides its content: a path, a target, attributes. */
const RECORD_MAX = GILD_CONTENT_MAX + (64 << 20);
/** A guest with more files than this is refused rather than held in memory. */
const FILES_MAX = 5_000_000;

type Request = Omit<Parameters<Gild["gild_entries"]>[0], "entries">;

const nothing = { paths: [], trees: [], inodes: [], digests: false, contents: 0n };

export class OwnSide implements Side {
  readonly #gild: Gild;
  readonly #volumes: Volumes;

  constructor(gild: Gild, volumes: Volumes) {
    this.#gild = gild;
    this.#volumes = volumes;
  }

  async read(scope: Scope): Promise<Files> {
    const found = new Map<string, Map<string, GuestFile>>();
    let count = 0;
    for (const [device, { paths, trees, digests }] of scope) {
      const files = new Map<string, GuestFile>();
      const take = (entry: GildEntry): void => {
        if (!files.has(entry.path)) count += 1;
        if (count > FILES_MAX) throw new RunError("guest-too-large", `more than ${FILES_MAX} files in the guest`);
        files.set(entry.path, fileOf(device, entry));
      };
      for (const batch of batches(trees)) await this.#entries({ ...nothing, device, trees: batch, digests }, take);
      for (const batch of batches(paths)) await this.#entries({ ...nothing, device, paths: batch, digests }, take);
      found.set(device, files);
    }
    return this.#volumes.show(found, scope);
  }

  async namesOf(files: readonly FileNumber[]): Promise<Place[]> {
    const places: Place[] = [];
    for (const device of new Set(files.map(({ volume }) => volume))) {
      const numbers = files.filter(({ volume }) => volume === device).map(({ ino }) => String(ino));
      const inodes = [...new Set(numbers)];
      await this.#entries({ ...nothing, device, trees: ["/"], inodes }, ({ path }) => places.push({ device, path }));
    }
    return places;
  }

  async contents(paths: readonly string[], max: number): Promise<Map<string, Uint8Array>> {
    const contents = new Map<string, Uint8Array>();
    await this.#regular(paths, { contents: BigInt(max) }, (path, { content, size }) => {
      if (BigInt(content.length) === size) contents.set(path, content.slice());
    });
    return contents;
  }

  async digests(paths: readonly string[]): Promise<Map<string, string>> {
    const digests = new Map<string, string>();
    await this.#regular(paths, { digests: true }, (path, { sha256 }) => digests.set(path, hex(sha256)));
    return digests;
  }

  readonly augeasTree = async (lens: string, content: Uint8Array): Promise<AugeasTree> => {
    const nodes = await this.#gild.gild_augeas_tree({ lens, content });
    return Array.from(
      { length: nodes.length >> 1 },
      (_, at) => [nodes[2 * at] ?? "", nodes[2 * at + 1] ?? ""] as const,
    );
  };

  readonly rpmPackages = async (path: string): Promise<readonly Application[] | string> => {
    const place = this.#volumes.placeOf(path);
    try {
      return await this.#gild.gild_rpm_packages(place);
    } catch (error) {
      if (!(error instanceof GuestfsError)) throw error;
      const named = `${place.path}: `;
      const { errno, reason } = error;
      if (errno === "ENODEV") return [];
      return reason.startsWith(named) ? reason.slice(named.length) : reason;
    }
  };

  async #regular(
    paths: readonly string[],
    wanted: Partial<Request>,
    take: (path: string, entry: GildEntry) => void,
  ): Promise<void> {
    const byDevice = new Map<string, Map<string, string>>();
    for (const path of paths) {
      const place = this.#volumes.placeOf(path);
      const known = byDevice.get(place.device) ?? new Map<string, string>();
      byDevice.set(place.device, known.set(place.path, path));
    }
    for (const [device, known] of byDevice) {
      for (const batch of batches([...known.keys()])) {
        await this.#entries({ ...nothing, ...wanted, device, paths: batch }, (entry) => {
          const path = known.get(entry.path);
          if (path !== undefined) take(path, entry);
        });
      }
    }
  }

  /** A device without a filesystem has no files: it was made, or has gone, while the steps ran. */
  async #entries(request: Request, take: (entry: GildEntry) => void): Promise<void> {
    const stream = new StructStream(gildStructs.entry, RECORD_MAX);
    try {
      await this.#gild.gild_entries({
        ...request,
        entries: (bytes) => {
          for (const entry of stream.push(bytes)) take(checked(entry));
        },
      });
    } catch (error) {
      if (error instanceof GuestfsError && error.errno === "ENODEV") return;
      throw error;
    }
    stream.end();
  }
}

/** A zero byte would make a path that volumes.ts takes for its own. */
function checked(entry: GildEntry): GildEntry {
  if (entry.path.startsWith("/") && !entry.path.includes("\0")) return entry;
  throw new RunError("guest-unreadable", "gild_entries: a path has another form");
}

function fileOf(volume: string, entry: GildEntry): GuestFile {
  const { dev, ino, nlink, mode, uid, gid, rdev_major, rdev_minor, size, target, xattrs, sha256 } = entry;
  return {
    volume,
    dev,
    ino,
    nlink,
    mode,
    uid,
    gid,
    rdev: `${rdev_major}:${rdev_minor}`,
    size: Number(size),
    mtime: nanoseconds(entry.mtime_sec, entry.mtime_nsec),
    ctime: nanoseconds(entry.ctime_sec, entry.ctime_nsec),
    born: nanoseconds(entry.btime_sec, entry.btime_nsec),
    target,
    xattrs: new Map(xattrs.map(({ name, value }) => [name, value.slice()])),
    ...(sha256.length === 0 ? {} : { sha256: hex(sha256) }),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
