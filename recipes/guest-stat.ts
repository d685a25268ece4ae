/** What a path of the guest is, read while a step observes. Only reads. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

import type { Guestfs } from "../schemas/index.ts";

export type GuestFileType = "file" | "directory" | "symlink" | "other";

export interface GuestStat {
  readonly type: GuestFileType;
  /** Permission bits, 0..07777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
}

/** What content is expected to be: enough to compare it without sending it. */
export interface Fingerprint {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

const FORMAT_BITS = 0o170000;
const FORMATS: Readonly<Record<number, GuestFileType>> = {
  0o100000: "file",
  0o040000: "directory",
  0o120000: "symlink",
};

/** The fields of `statns` as a GuestStat. */
export function guestStat(raw: {
  readonly st_mode: bigint;
  readonly st_uid: bigint;
  readonly st_gid: bigint;
  readonly st_size: bigint;
}): GuestStat {
  const mode = Number(raw.st_mode);
  return {
    type: FORMATS[mode & FORMAT_BITS] ?? "other",
    mode: mode & 0o7777,
    uid: Number(raw.st_uid),
    gid: Number(raw.st_gid),
    size: Number(raw.st_size),
  };
}

/**
 * Looks at a path without following a final symlink.
 *
 * @returns undefined when there is nothing at the path
 */
export async function lstatGuest(g: Guestfs, path: string): Promise<GuestStat | undefined> {
  return orMissing(async () => guestStat(await g.lstatns({ path })));
}

/** The same, symlinks followed inside the guest; undefined also for a symlink that leads nowhere. */
export async function statGuest(g: Guestfs, path: string): Promise<GuestStat | undefined> {
  return orMissing(async () => guestStat(await g.statns({ path })));
}

/** The target of the symlink at a path; undefined when there is no symlink. */
export async function linkTarget(g: Guestfs, path: string): Promise<string | undefined> {
  const found = await lstatGuest(g, path);
  return found?.type === "symlink" ? g.readlink({ path }) : undefined;
}

/** Whether a file of the guest holds exactly the expected content. `found` is what stat said of it. */
export async function hasContent(
  g: Guestfs,
  path: string,
  found: GuestStat | undefined,
  expected: Fingerprint,
): Promise<boolean> {
  if (found?.type !== "file" || found.size !== expected.size) return false;
  if (expected.size === 0) return true;
  return (await g.checksum({ csumtype: "sha256", path })) === expected.sha256;
}

/** Fingerprint of bytes. */
export function fingerprint(bytes: Uint8Array): Fingerprint {
  return { size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Fingerprint of a file on the host, read in pieces. */
export async function hostFingerprint(path: string): Promise<Fingerprint> {
  const hash = createHash("sha256");
  // A read stream without an encoding gives Buffers.
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return { size: (await stat(path)).size, sha256: hash.digest("hex") };
}

async function orMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a failed call says that a path does not exist (errno as it crossed the wire). */
function isMissing(error: unknown): boolean {
  return error instanceof Error && "errno" in error && (error.errno === "ENOENT" || error.errno === "ENOTDIR");
}
