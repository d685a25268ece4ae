/**
 * Actions of gild's own daemon that no libguestfs has: what was touched, and what is known of many files in one call. They are
 * the engine's alone: not in the action table, so in no recipe, shell or reference. A daemon that has them says so by the
 * feature group GILD_GROUP; a foreign one truthfully lacks it.
 */
import { varOpaque } from "@stellar/js-xdr";

import { defineAction, type ClientOf } from "./action.ts";
import { bool, buffer, fileOut, int64, memberTypes, string, stringList, xdrArray, type Field } from "./field.ts";
import { bulkActions, GILD_GROUP } from "./gild-bulk.ts";
import { decoding, ProtocolError } from "./protocol/protocol-error.ts";
import { none, rStringList, rStructList } from "./result.ts";
import { defineStruct, structs, type StructField, type StructValue } from "./structs.ts";

const { FString, FBuffer, FInt32, FUInt32, FInt64, FUInt64 } = memberTypes;
const LIST_MAX = 1 << 16;
/** Largest content that is ever asked for: the database of a package manager. */
export const GILD_CONTENT_MAX = 64 << 20;
const LENGTH_SIZE = 4;

/** A list of structs as a member of a struct. */
function listOf<T>(struct: StructField<T>): Field<readonly T[]> {
  const { kind, doc, upstream, json, fromRecipe } = struct;
  return {
    kind,
    doc,
    upstream,
    json,
    xdr: xdrArray(struct.xdr, LIST_MAX),
    declare: (name) => `guestfs_int_${struct.structName} ${name}<>`,
    fromRecipe: (value) => [fromRecipe(value)],
    filler: [],
  };
}

const gild_xattr = defineStruct("gild_xattr", "An extended attribute.", { name: FString, value: FBuffer });

export const gildStructs = {
  volume: defineStruct("gild_volume", "A filesystem that is mounted in the guest, at one place.", {
    /** `/dev/sda1`, `/dev/VG/LV`. */
    device: FString,
    mountpoint: FString,
    /** Path in the filesystem of what is mounted there: `/`, or a btrfs subvolume. */
    prefix: FString,
    /** As the kernel names it. */
    type: FString,
  }),
  /** `kind` says which of the others mean something. */
  touch: defineStruct("gild_touch", "Something that may have changed while it was watched.", {
    /**
     * `path`: `text` in the filesystem of `device`; with `below` the name itself came, went or was moved, and everything below
     * it with it. `inode`: a file all of whose names are to be found by `ino`. `doubt`: the whole filesystem may have
     * changed (`device` "": all), `text` says why. `opened`: a program opened the device of this filesystem for writing.
     * `written`: a device changed that holds no watched filesystem.
     */
    kind: FString,
    device: FString,
    text: FString,
    below: FInt32,
    ino: FUInt64,
  }),
  /** One file. Times as seconds and nanoseconds since 1970; the birth is 0 where the filesystem does not keep it. */
  entry: defineStruct("gild_entry", "What is known of a file.", {
    /** In its filesystem, `/` for the root directory. */
    path: FString,
    dev: FUInt64,
    ino: FUInt64,
    mode: FUInt32,
    nlink: FUInt32,
    uid: FUInt32,
    gid: FUInt32,
    rdev_major: FUInt32,
    rdev_minor: FUInt32,
    size: FUInt64,
    mtime_sec: FInt64,
    mtime_nsec: FUInt32,
    ctime_sec: FInt64,
    ctime_nsec: FUInt32,
    btime_sec: FInt64,
    btime_nsec: FUInt32,
    /** Of a symbolic link. */
    target: FString,
    xattrs: listOf(gild_xattr),
    /** Empty where it was not asked for. */
    content: { ...FBuffer, xdr: varOpaque(GILD_CONTENT_MAX) },
    /** 32 bytes, or none where it was not asked for. */
    sha256: FBuffer,
  }),
} as const;

export type GildVolume = StructValue<typeof gildStructs.volume>;
export type GildTouch = StructValue<typeof gildStructs.touch>;
export type GildEntry = StructValue<typeof gildStructs.entry>;

/** A struct as it stands in a stream: its length in bytes (u32), then itself. */
export function framedStruct<T>(struct: StructField<T>, value: T): Uint8Array {
  const bytes = struct.xdr.encode(value);
  const framed = new Uint8Array(LENGTH_SIZE + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, LENGTH_SIZE);
  return framed;
}

/** Takes a stream of framed structs apart, whatever the pieces it comes in. */
export class StructStream<T> {
  readonly #struct: StructField<T>;
  readonly #max: number;
  #pieces: Uint8Array[] = [];
  #size = 0;
  /** Bytes that are needed before it is worth looking again. */
  #needed = LENGTH_SIZE;

  /** @param maxBytes of one struct */
  constructor(struct: StructField<T>, maxBytes: number) {
    this.#struct = struct;
    this.#max = maxBytes;
  }

  /**
   * The structs that this piece completes. Bytes in them are the piece's own, and as short-lived as it is.
   *
   * @throws ProtocolError BAD_BODY
   */
  push(bytes: Uint8Array): T[] {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    if (this.#size < this.#needed) {
      this.#pieces[this.#pieces.length - 1] = bytes.slice();
      return [];
    }
    const joined = this.#joined();
    const view = new DataView(joined.buffer, joined.byteOffset, joined.length);
    const values: T[] = [];
    let at = 0;
    this.#needed = LENGTH_SIZE;
    while (joined.length - at >= LENGTH_SIZE) {
      const length = view.getUint32(at);
      if (length > this.#max) throw this.#wrong(`${length} bytes`);
      const end = at + LENGTH_SIZE + length;
      if (end > joined.length) {
        this.#needed = LENGTH_SIZE + length;
        break;
      }
      const body = joined.subarray(at + LENGTH_SIZE, end);
      values.push(decoding("BAD_BODY", this.#struct.structName, () => this.#struct.xdr.decode(body)));
      at = end;
    }
    this.#pieces = [joined.slice(at)];
    this.#size = joined.length - at;
    return values;
  }

  /** To be called after the last piece. @throws ProtocolError BAD_BODY where a struct is not complete */
  end(): void {
    if (this.#size > 0) throw this.#wrong("cut off");
  }

  #joined(): Uint8Array {
    const [only] = this.#pieces;
    if (only !== undefined && this.#pieces.length === 1) return only;
    const joined = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }

  #wrong(how: string): ProtocolError {
    return new ProtocolError("BAD_BODY", `${this.#struct.structName}: ${how}`);
  }
}

const own = { effect: "read", group: GILD_GROUP, errors: [], since: "", tests: [] } as const;
const testedIn = "tests/guestfsd/actions/gild.test.ts";

const gild_volumes = defineAction({
  ...own,
  proc: 0x6000,
  summary: "list the mounted filesystems",
  description:
    "Gives every place below the guest's root where a filesystem of a device is mounted, in the order of mounting.",
  args: {},
  ret: rStructList("volumes", gildStructs.volume),
  testedIn,
});

const gild_watch = defineAction({
  ...own,
  proc: 0x6001,
  summary: "watch the mounted filesystems for changes",
  description:
    "From now on every change in filesystems that are mounted now or later is noted, by whatever program, until gild_touched. " +
    "Called again, it starts anew.",
  args: {},
  ret: none(),
  testedIn,
});

const gild_touched = defineAction({
  ...own,
  proc: 0x6002,
  summary: "tell what was touched",
  description:
    "Sends framed `gild_touch` structs: all that may have changed since gild_watch, and where that cannot be told.",
  args: { touched: fileOut("Receives the structs.") },
  ret: none(),
  testedIn,
});

const gild_entries = defineAction({
  ...own,
  proc: 0x6003,
  summary: "read what is known of files",
  description:
    "Sends framed `gild_entry` structs of files of one filesystem, whether it is mounted in the guest or not, directories before what " +
    "is in them. A path that is not there, or is reached through a symbolic link, gives nothing. ENODEV: there is no such device, or " +
    "no filesystem on it.",
  args: {
    device: string("Device that holds the filesystem; empty where a folder stands for the guest."),
    paths: stringList("Paths in the filesystem."),
    trees: stringList("Paths that are wanted with everything below them."),
    inodes: stringList(
      "Only files, no directories, with one of these inode numbers, in decimal; all, where it is empty.",
    ),
    digests: bool("Whether to compute SHA-256 of regular files."),
    contents: int64("Largest regular file whose content is sent, bytes."),
    entries: fileOut("Receives the structs."),
  },
  ret: none(),
  testedIn,
});

/** Nodes of a tree that are told; a file with more has none. */
export const GILD_AUGEAS_NODES_MAX = 5000;

const gild_augeas_tree = defineAction({
  ...own,
  proc: 0x6004,
  summary: "parse a text with Augeas",
  description:
    "Gives the tree that a lens makes of a text, as pairs: path of a node below the text's own, and its value (empty for none), " +
    "without comments. EINVAL: the lens does not understand the text. E2BIG: there are too many nodes.",
  args: { lens: string("Lens, such as Sshd.lns."), content: buffer("Text.") },
  ret: rStringList("nodes"),
  testedIn: "tests/guestfsd/augeas-tree.test.ts",
});

const gild_rpm_packages = defineAction({
  ...own,
  proc: 0x6005,
  summary: "packages in an rpm database",
  description:
    "Gives name, epoch, version, release and architecture of each package in a database, by the name of its file; what a package " +
    "lacks is empty. Follows no link. Nothing where there is no such file. ENODEV: there is no filesystem. ENOTSUP: the " +
    "database is in NDB.",
  args: {
    device: string("Device of the filesystem, or `/dev/VG/LV`."),
    path: string("In the filesystem, with a slash in front: `/var/lib/rpm/rpmdb.sqlite`, `.../Packages`."),
  },
  ret: rStructList("applications2", structs.application2),
  testedIn: "tests/guestfsd/actions/rpm.test.ts",
});

export const gildActions = {
  gild_volumes,
  gild_watch,
  gild_touched,
  gild_entries,
  gild_augeas_tree,
  gild_rpm_packages,
  ...bulkActions,
} as const;

/** The actions as the engine calls them. */
export type Gild = ClientOf<typeof gildActions>;
