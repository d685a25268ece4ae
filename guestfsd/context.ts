/**
 * What a handler may use. One context per call; everything in it is synchronous. Types only: serve.ts makes the context,
 * sysroot.ts, command.ts and devices.ts hold the parts.
 */
import type { Hole } from "../schemas/index.ts";
import type { TreeReader } from "./native/tree.ts";

/** Where the guest is mounted, and the only way to its files. */
export interface Sysroot {
  /** Appliance path of the mount point: `/sysroot`, or the folder given with `-r` in tests. */
  readonly path: string;
  /** A plain folder stands for the guest (`-r`): it counts as mounted, and nothing is ever unmounted. */
  readonly standalone: boolean;
  /** Runs `body` with the guest as the process's root directory. Only synchronous system calls inside. */
  inside<T>(body: () => T): T;
  /** @throws ActionError "you must call 'mount' first to mount the root filesystem" when nothing is mounted */
  requireMounted(): void;
}

export interface CommandOptions {
  readonly stdin?: Uint8Array | Iterable<Uint8Array>;
  /**
   * `appliance` (default): an appliance program that meets no guest path. `walk`: an appliance program whose root is the
   * guest (loaded from the appliance, then chrooted by enter-root.so); its paths are guest paths.
   */
  readonly root?: "appliance" | "walk";
  /**
   * Only with "walk": the guest's /proc (which must exist) is mounted for the program alone, in a PID namespace of its own, so
   * that no symbolic link through /proc/PID/root leads out.
   */
  readonly proc?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Descriptors to hand down, by child number: 0 and 1 in place of the pipes, 3, 4, ... besides them. */
  readonly fds?: Readonly<Record<number, number>>;
}

export interface CommandResult {
  /** Exit status, or 128 + signal number. */
  readonly status: number;
  readonly stdout: Uint8Array;
  /** As text, blanks at both ends trimmed. */
  readonly stderr: string;
}

export interface Commands {
  /** Runs a program and waits. Does not throw for a non-zero status. */
  run(argv: readonly string[], options?: CommandOptions): CommandResult;
  /**
   * Runs a program that must succeed; gives its stdout as text.
   *
   * @throws ActionError with the program's stderr (or "PROGRAM exited with status N") when the status is not 0
   */
  check(argv: readonly string[], options?: CommandOptions): string;
  /** Runs a program and gives its stdout piece by piece. Throws ActionError at the end if it failed. Killed when the consumer stops early. */
  stream(argv: readonly string[], options?: CommandOptions): Iterable<Uint8Array>;
  /** Runs a program of the guest: chrooted in the guest, /dev /dev/pts /proc /sys there, own PID namespace, stragglers killed. */
  guest(argv: readonly string[], options?: Omit<CommandOptions, "root">): CommandResult;
  /** As `guest`, with the program's stdout piece by piece as from `stream`. */
  guestStream(argv: readonly string[], options?: Omit<CommandOptions, "root">): Iterable<Uint8Array>;
}

/** Device names: the API's `/dev/sda` against the kernel's (facts/appliance-contract.md §5). */
export interface Devices {
  /** Real name of an API device or partition; other names come back as they are. */
  toReal(name: string): string;
  /** API name of a real device. */
  toApi(name: string): string;
  /** Whether a (real) name is a block device of the appliance. Tells a device from a guest path in Dev_or_Path arguments. */
  isDevice(name: string): boolean;
  /** Labels that disks were added with, and their partitions' (the label and the number), with real device names. */
  labels(): readonly (readonly [label: string, device: string])[];
  /** API names of whole disks in the order they were added, the appliance's own left out. */
  list(): readonly string[];
}

/** Something that outlives a call. */
export interface Kept {
  /** Holds files of the guest open, which keeps their filesystem busy: umount_all closes it. */
  readonly ofGuest: boolean;
  close(): void;
}

/** A disk that is attached for one transfer (bulk-disk.ts). Positions and lengths are whole sectors of 512 bytes. */
export interface BulkDisk {
  readonly sizeBytes: bigint;
  /** Fills the memory; without copying when it begins at a page. */
  read(position: bigint, into: Uint8Array): void;
  write(position: bigint, bytes: Uint8Array): void;
  /** Lets the disk go; the engine may then detach it. */
  close(): void;
}

/** The file of a FileIn call. */
export interface IncomingFile {
  /** From a disk: pieces are large and begin at a page, which pays for direct output. */
  readonly bulk: boolean;
  /** In order, once; the memory of a piece may be used again for the next. Throws as chunks(). */
  pieces(): Iterable<Uint8Array | Hole>;
}

export interface Context {
  readonly sysroot: Sysroot;
  readonly command: Commands;
  readonly devices: Devices;
  /** What is known of many files at once. */
  readonly tree: TreeReader;
  /** What actions keep open from call to call, one map per daemon: the Augeas handle under "augeas". */
  readonly kept: Map<string, Kept>;
  /** Name of the action called, for messages. */
  readonly action: string;
  /** The disk at a SCSI target. @throws ActionError ENODEV, EIO */
  openBulkDisk(target: number): BulkDisk;
  /** The chunks of a FileIn call, once. Throws ActionError "file upload cancelled" when the library cancels. */
  chunks(): Iterable<Uint8Array>;
  /** The file of a FileIn call with all that is known of it, in place of chunks(). */
  file(): IncomingFile;
  /** Reports progress; paced by the serve loop (nothing in the first 2 s, then every 1/3 s). */
  progress(position: number | bigint, total: number | bigint): void;
  /** To the console, only when verbose. */
  log(message: string): void;
}
