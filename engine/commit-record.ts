/**
 * The record of a commit that has begun: what must be done again when it was interrupted. JSON, written beside the first
 * image (for a block device: in the state directory); beside each further image stands a note that names it. Whole or not
 * there at all. What the states mean is finish-commit.ts's matter.
 */
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";

import { errnoOf } from "./errors.ts";
import { members } from "./members.ts";
import { RunError } from "./run-error.ts";

/** One image of a commit. Paths are absolute here; in the file those below its folder are relative. */
export interface RecordDisk {
  readonly image: string;
  /** Where the files beside the image are: the image's own path, or a name in the state directory for a device. */
  readonly anchor: string;
  /** `clone`: a finished new file waits as `new`. `in-place`: the overlay is replayed into the image set aside. `device`: into it. */
  readonly way: "clone" | "in-place" | "device";
  /** The image as it was before, to see whether it was used since. */
  readonly before: { readonly ino: string; readonly size: string; readonly mtimeNs: string };
  /** Bytes of the file afterwards. */
  readonly size: number;
  readonly overlay: string;
  /** digestOverlay() of the overlay; "" where nothing is replayed (`clone`). */
  readonly sha256: string;
  /** deviceFingerprint() of a device; "" of a file. */
  readonly fingerprint: string;
}

export interface CommitRecord {
  /** Random; notes name it. */
  readonly id: string;
  readonly disks: readonly RecordDisk[];
}

/** What stands beside an image. */
export type FoundRecord =
  | { readonly kind: "record"; readonly path: string; readonly record: CommitRecord }
  /** `record`: path of the record of this id, `first`: anchor of its first image. */
  | {
      readonly kind: "note";
      readonly path: string;
      readonly id: string;
      readonly record: string;
      readonly first: string;
    };

const FORMAT_VERSION = 1;

/** The record as a file's content. @param path where it will be */
export function encodeRecord(record: CommitRecord, path: string): Buffer {
  const near = nearOf(path);
  const disks = record.disks.map((disk) => ({
    ...disk,
    image: near(disk.image),
    anchor: near(disk.anchor),
    overlay: near(disk.overlay),
  }));
  return encode({ formatVersion: FORMAT_VERSION, kind: "record", id: record.id, disks });
}

/** The note beside a further image as a file's content. @param path where it will be */
export function encodeNote(record: CommitRecord, recordPath: string, path: string): Buffer {
  const near = nearOf(path);
  const first = record.disks[0]?.anchor ?? "";
  return encode({
    formatVersion: FORMAT_VERSION,
    kind: "note",
    id: record.id,
    record: near(recordPath),
    first: near(first),
  });
}

/** @returns undefined when there is none @throws RunError record-damaged */
export async function readRecord(path: string): Promise<FoundRecord | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const found = decode(text, path);
  if (found !== undefined) return found;
  throw new RunError("record-damaged", `${path}: not a record of this version of gild`);
}

function encode(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

/** Paths below the folder of `path` become relative, so that the folder may be moved or mounted elsewhere. */
function nearOf(path: string): (other: string) => string {
  return (other) => {
    const short = relative(dirname(path), other);
    return short === ".." || short.startsWith("../") ? other : short;
  };
}

function decode(text: string, path: string): FoundRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const far = (other: string): string => (isAbsolute(other) ? other : join(dirname(path), other));
  // Members are looked at one by one below.
  const { formatVersion, kind, id, record, first, disks } = members(value);
  if (formatVersion !== FORMAT_VERSION || typeof id !== "string") return undefined;
  if (kind === "note") {
    if (typeof record !== "string" || typeof first !== "string") return undefined;
    return { kind, path, id, record: far(record), first: far(first) };
  }
  if (kind !== "record" || !Array.isArray(disks) || disks.length === 0) return undefined;
  const decoded = disks.map((disk: unknown) => decodeDisk(disk, far));
  const known = decoded.filter((disk) => disk !== undefined);
  return known.length === decoded.length ? { kind, path, record: { id, disks: known } } : undefined;
}

function decodeDisk(value: unknown, far: (other: string) => string): RecordDisk | undefined {
  const { image, anchor, way, before, size, overlay, sha256, fingerprint } = members(value);
  const { ino, size: sizeBefore, mtimeNs } = members(before);
  if (typeof image !== "string" || typeof anchor !== "string" || typeof overlay !== "string") return undefined;
  if (way !== "clone" && way !== "in-place" && way !== "device") return undefined;
  if (typeof ino !== "string" || typeof sizeBefore !== "string" || typeof mtimeNs !== "string") return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size)) return undefined;
  if (typeof sha256 !== "string" || typeof fingerprint !== "string") return undefined;
  return {
    image: far(image),
    anchor: far(anchor),
    way,
    before: { ino, size: sizeBefore, mtimeNs },
    size,
    overlay: far(overlay),
    sha256,
    fingerprint,
  };
}
