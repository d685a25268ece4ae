/**
 * What changes in mounted filesystems while they are watched, by fanotify on whole filesystems: every name that came, went or
 * was moved, every file whose content or attributes changed, by whatever program. Where that cannot be told there is a doubt,
 * with its reason; what to do about it is the caller's matter. Reads no file.
 *
 * The kernel names directories and files by handles. They are looked up when the events are read: at the end, and before a
 * filesystem is unmounted. A directory that was moved since is found under its new name; its old and its new name have events of
 * their own, and everything below both is to be compared.
 */
import { closeSync, constants, fstatSync, readlinkSync, readSync, statSync } from "node:fs";

import { readWriteCounts, writtenSince } from "./block-writes.ts";
import type { Context, Kept } from "./context.ts";
import { errnoCode, fromSystem } from "./errors.ts";
import { EventLog } from "./event-log.ts";
import {
  FAN_ATTRIB,
  FAN_CLOSE_WRITE,
  FAN_CREATE,
  FAN_DELETE,
  FAN_MODIFY,
  FAN_MOVED_FROM,
  FAN_MOVED_TO,
  FAN_ONDIR,
  FAN_Q_OVERFLOW,
  fanotify_init,
  fanotify_mark,
  filesystemKey,
  open_by_handle_at,
  parseEvents,
  type FanotifyEvent,
} from "./native/fanotify.ts";
import { closeQuietly, O_PATH, open, statvfs } from "./native/libc.ts";
import { mountedVolumes, withVolume, type Volume } from "./volumes.ts";

/** What was touched of one filesystem. Paths are the kernel's bytes, one character each. */
export interface Touched {
  /** Path in the filesystem -> whether the name itself came, went or was moved, and all below it with it. */
  readonly paths: Map<string, boolean>;
  /** Inode numbers of files some of whose names are not known. On btrfs a file of another subvolume may have the same. */
  readonly inodes: Set<bigint>;
  /** Why everything may have changed. */
  doubt?: string;
}

interface Watched {
  readonly device: string;
  readonly type: string;
  readonly log: EventLog;
  readonly touched: Touched;
}

type Surroundings = Pick<Context, "command" | "devices" | "kept" | "sysroot">;

const MASK =
  FAN_MODIFY | FAN_ATTRIB | FAN_CLOSE_WRITE | FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_ONDIR;
const READ_SIZE = 256 * 1024;
const NODES = "/dev";
/** Filesystems that find every file by its handle, for as long as it lives. vfat does so only while it is in memory. */
const LASTING_HANDLES: ReadonlySet<string> = new Set(["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs"]);
/** A temporary name that overlayfs makes when it is mounted. It writes to the files below it without telling fanotify. */
const OVERLAY_NAME = /^#[0-9a-f]+$/;
const KEPT = "watch";

/** The watch that gild_watch has started. */
export function watchOf(kept: Context["kept"]): Watch | undefined {
  const watch = kept.get(KEPT);
  return watch instanceof Watch ? watch : undefined;
}

/** Begins to watch; a watch before this one ends. */
export function startWatch(around: Surroundings): void {
  watchOf(around.kept)?.close();
  around.kept.delete(KEPT);
  around.kept.set(KEPT, new Watch(around));
}

export class Watch implements Kept {
  readonly ofGuest = false;
  readonly #around: Surroundings;
  readonly #fd: number;
  readonly #devices = new Map<string, Watched>();
  /** By the key that events bear. */
  readonly #filesystems = new Map<string, Watched>();
  readonly #nodesKey: string;
  /** Handles of device nodes that were opened for writing. */
  readonly #nodes = new Set<string>();
  readonly #counts: ReadonlyMap<string, bigint>;
  /** Why nothing can be told of any filesystem. */
  #lost: string | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#counts = readWriteCounts(around.devices);
    this.#nodesKey = filesystemKey(statvfs(NODES).fsid);
    this.#fd = fanotify_init();
    try {
      fanotify_mark(this.#fd, FAN_CLOSE_WRITE, NODES);
      this.refresh();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** To be called when something was mounted: a filesystem that was mounted before is not watched any more either. */
  refresh(): void {
    for (const volume of mountedVolumes(this.#around.sysroot)) this.#mark(volume);
  }

  /** Looks up what has come. To be called before something is unmounted: without the filesystem, handles mean nothing. */
  drain(): void {
    this.#read();
    for (const watched of this.#devices.values()) if (!watched.log.isEmpty) this.#lookUp(watched);
  }

  /** Everything since the beginning, by device. `""`: all devices, where nothing can be told. */
  touched(): ReadonlyMap<string, Touched> {
    this.drain();
    const found = new Map([...this.#devices].map(([device, { touched }]) => [device, touched]));
    if (this.#lost !== undefined) found.set("", { paths: new Map(), inodes: new Set(), doubt: this.#lost });
    return found;
  }

  /** Devices that hold no filesystem that was watched, but were written to. */
  written(): string[] {
    const now = readWriteCounts(this.#around.devices);
    return writtenSince(this.#counts, now).filter((device) => !this.#devices.has(device));
  }

  /** Devices of watched filesystems that a program has opened for writing. */
  opened(): string[] {
    const numbers = new Set([...this.#nodes].map((handle) => this.#deviceNumber(handle)));
    return [...this.#devices.keys()].filter((device) =>
      numbers.has(statSync(device, { bigint: true, throwIfNoEntry: false })?.rdev),
    );
  }

  close(): void {
    closeSync(this.#fd);
  }

  #mark(volume: Volume): void {
    const { device, type } = volume;
    const log = new EventLog();
    const touched: Touched = { paths: new Map(), inodes: new Set() };
    const watched = this.#devices.get(device) ?? { device, type, log, touched };
    this.#devices.set(device, watched);
    try {
      withFilesystem(this.#around, volume, (path) => {
        fanotify_mark(this.#fd, MASK, path);
        this.#register(filesystemKey(statvfs(path).fsid), watched);
      });
    } catch (error) {
      watched.touched.doubt ??= `${type} cannot be watched: ${fromSystem(error).message}`;
    }
  }

  #register(key: string, watched: Watched): void {
    const other = this.#filesystems.get(key);
    if (other !== undefined && other !== watched) {
      for (const one of [watched, other]) one.touched.doubt ??= "two filesystems have the same identifier";
    }
    this.#filesystems.set(key, watched);
  }

  #read(): void {
    const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
    for (let size = this.#readSome(buffer); size > 0; size = this.#readSome(buffer)) {
      for (const event of parseEvents(buffer.subarray(0, size))) this.#note(event);
    }
  }

  #readSome(buffer: Buffer): number {
    try {
      return readSync(this.#fd, buffer);
    } catch (error) {
      if (errnoCode(error) === "EAGAIN") return 0;
      throw error;
    }
  }

  #note(event: FanotifyEvent): void {
    if ((event.mask & FAN_Q_OVERFLOW) !== 0) this.#lost = "the kernel lost events";
    else if (event.filesystem === this.#nodesKey) this.#nodes.add(event.file ?? "");
    else this.#filesystems.get(event.filesystem)?.log.add(event);
  }

  #lookUp(watched: Watched): void {
    const { device, type, log, touched } = watched;
    if (LASTING_HANDLES.has(type)) {
      withVolume(this.#around, device, (fd, path) => {
        for (const [directory, names] of log.directories) lookUpNames(fd, path, directory, names, touched);
        for (const file of log.nameless) lookUpFile(fd, file, touched);
      });
    } else {
      touched.doubt ??= `${type} finds files by their names only`;
    }
    log.clear();
  }

  /** Of a device node; undefined for one that is gone. */
  #deviceNumber(handle: string): bigint | undefined {
    const nodes = open(NODES, constants.O_DIRECTORY);
    try {
      return withHandle(nodes, handle, (fd) => fstatSync(fd, { bigint: true }).rdev);
    } finally {
      closeQuietly(nodes);
    }
  }
}

/** Gives a path of the filesystem: where it is mounted, or aside where that is hidden. btrfs takes a mark only on its top level. */
function withFilesystem(around: Surroundings, { device, type, place }: Volume, body: (path: string) => void): void {
  const fd = open(place, O_PATH | constants.O_DIRECTORY);
  try {
    const { dev } = fstatSync(fd, { bigint: true });
    if (type !== "btrfs" && dev === statSync(device, { bigint: true }).rdev) {
      body(`/proc/self/fd/${fd}`);
      return;
    }
  } finally {
    closeQuietly(fd);
  }
  withVolume(around, device, (_fd, path) => body(path));
}

function lookUpNames(
  mount: number,
  top: string,
  directory: string,
  names: ReadonlyMap<string, boolean>,
  touched: Touched,
): void {
  const path = withHandle(mount, directory, (fd) =>
    readlinkSync(`/proc/self/fd/${fd}`, { encoding: "buffer" }).toString("latin1").slice(top.length),
  );
  if (path === undefined || path.endsWith("/work")) noteOverlay(names, touched);
  // A directory that is gone: that it went is an event of the directory it was in.
  if (path === undefined) return;
  for (const [name, cameOrWent] of names) {
    const whole = name === "." ? path || "/" : `${path}/${name}`;
    touched.paths.set(whole, cameOrWent || touched.paths.get(whole) === true);
  }
}

function noteOverlay(names: ReadonlyMap<string, boolean>, touched: Touched): void {
  for (const [name, cameOrWent] of names) {
    if (cameOrWent && OVERLAY_NAME.test(name)) touched.doubt ??= "an overlay was mounted over it";
  }
}

/** A file that is gone has no names left; one that lives may have names that no event told. */
function lookUpFile(mount: number, file: string, touched: Touched): void {
  const status = withHandle(mount, file, (fd) => fstatSync(fd, { bigint: true }));
  if (status === undefined || status.nlink === 0n || status.isDirectory()) return;
  touched.inodes.add(status.ino);
}

/** Undefined for a file that is gone. */
function withHandle<T>(mount: number, handle: string, body: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = open_by_handle_at(mount, handle, O_PATH);
  } catch (error) {
    if (errnoCode(error) === "ESTALE") return undefined;
    throw error;
  }
  try {
    return body(fd);
  } finally {
    closeQuietly(fd);
  }
}
