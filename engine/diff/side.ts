/** One side of a comparison: the guest after the steps, or the base. Types only; own-side.ts and foreign-side.ts read. */
import type { Application } from "../library/applications.ts";
import type { AugeasTree } from "./augeas.ts";
import type { Files, GuestFile } from "./entry.ts";

/** What of one filesystem is looked at. Paths are those in the filesystem, `/` its root. */
export interface Part {
  readonly paths: readonly string[];
  /** With everything below them. */
  readonly trees: readonly string[];
  /** Whether every regular file is digested: its times tell nothing. */
  readonly digests: boolean;
}

/** Device -> part of its filesystem. */
export type Scope = ReadonlyMap<string, Part>;

/** A name in a filesystem, wherever it is mounted. */
export interface Place {
  readonly device: string;
  readonly path: string;
}

/** What a file is called in a filesystem, whatever its names. */
export type FileNumber = Pick<GuestFile, "volume" | "ino">;

export interface Side {
  /** What is there, by path in the guest. */
  read(scope: Scope): Promise<Files>;
  /** All names of these files, in the filesystems that they are on; perhaps names of others too. */
  namesOf(files: readonly FileNumber[]): Promise<readonly Place[]>;
  /** Bytes of regular files that are there; none is larger than `max`. */
  contents(paths: readonly string[], max: number): Promise<ReadonlyMap<string, Uint8Array>>;
  /** SHA-256 of regular files that are there, hex. */
  digests(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Packages in an rpm database, by the path of its file: none where it is not there, the reason where it cannot be read. Absent
   * where the daemon cannot read one from its file.
   */
  readonly rpmPackages?: (path: string) => Promise<readonly Application[] | string>;
  /** The tree that a lens makes of a text; absent where the daemon cannot parse texts. @throws GuestfsError */
  readonly augeasTree?: (lens: string, content: Uint8Array) => Promise<AugeasTree>;
}

/** A side on which there is nothing: a disk that was blank. */
export const emptySide: Side = {
  read: async () => new Map(),
  namesOf: async () => [],
  contents: async () => new Map(),
  digests: async () => new Map(),
  rpmPackages: async () => [],
};
