/**
 * Diff: the difference between an image before and after a run, as JSON that programs may keep (`formatVersion`). Types,
 * their JSON Schema, and nothing else: engine/diff/ makes it, cli/render/ prints it.
 */
import { text } from "./document-schema.ts";
import type { JsonSchema } from "./json.ts";

/** Raised when a reader of the older form would misread the newer one. */
export const DIFF_FORMAT_VERSION = 1;

/** Sorted: blocks by kind and name, files by path, packages by name. No blocks and no files means: nothing to change. */
export interface Diff {
  readonly formatVersion: typeof DIFF_FORMAT_VERSION;
  readonly blocks: readonly BlockChange[];
  readonly files: readonly FileChange[];
  /** Installed packages, where the database of a package manager is among the files. */
  readonly packages?: readonly PackageChange[];
  /** Databases of package managers that changed and cannot be read: of their packages nothing is told. */
  readonly packagesUnread?: readonly UnreadPackages[];
}

export const blockKinds = [
  "disk",
  "partition",
  "filesystem",
  "physical-volume",
  "volume-group",
  "logical-volume",
  "mount",
  "device",
] as const;
export type BlockKind = (typeof blockKinds)[number];

export const changeKinds = ["added", "removed", "changed"] as const;
export type ChangeKind = (typeof changeKinds)[number];
/** `moved`: the same file under another path. */
export const fileChangeKinds = [...changeKinds, "moved"] as const;
export type FileChangeKind = (typeof fileChangeKinds)[number];

/**
 * Something below the level of files: a partition table, a partition, a filesystem, a volume. `mount`: what /etc/fstab says of a
 * mount point, or of swap. `device`: this block device was
 * written to in a way that is not compared (field `written by`), or files on it changed that the guest does not show
 * (`hidden files`).
 */
export interface BlockChange {
  readonly kind: BlockKind;
  /** `/dev/sda1`, `/dev/VG/LV`, name of a volume group. */
  readonly name: string;
  readonly change: ChangeKind;
  /** Every known field for added and removed, those that differ for changed. */
  readonly fields: readonly FieldChange[];
}

export interface FieldChange {
  /** `size`, `start`, `type`, `label`, `uuid`, ...; sizes and offsets are decimal bytes. */
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

export const fileTypes = ["file", "directory", "symlink", "block-device", "char-device", "fifo", "socket"] as const;
export type FileType = (typeof fileTypes)[number];

export const fileAspects = [
  "type",
  "content",
  "mode",
  "owner",
  "acl",
  "capabilities",
  "xattrs",
  "label",
  "target",
  "hard-link",
  "device",
  "mtime",
] as const;
/** What of a file changed. `mtime` is reported only where the recipe sets times (`utimens`). */
export type FileAspect = (typeof fileAspects)[number];

export interface FileChange {
  /** Absolute path in the guest; bytes that are not UTF-8 as in schemas/text.ts. */
  readonly path: string;
  readonly change: FileChangeKind;
  /** Path before, of a file that was moved. What is in a moved directory is told only where it differs in more than its path. */
  readonly from?: string;
  /** Type after the change; before it where the file was removed. */
  readonly type: FileType;
  readonly before?: FileState;
  readonly after?: FileState;
  /** Empty for added and removed, and for what was moved as it is. */
  readonly what: readonly FileAspect[];
  /** Unified hunks without file headers, three lines of context. */
  readonly text?: string;
  /** What an edit through Augeas meant; the text says the same in another way. */
  readonly tree?: readonly TreeChange[];
  /** The content is secret: neither text nor digest is given. */
  readonly secret?: true;
  /** Why there is no text. */
  readonly textOmitted?: TextOmitted;
}

/** A node of the tree that Augeas makes of a file: it came (no `before`), went (no `after`), or has another value. */
export interface TreeChange {
  /** Below the file's own: `PermitRootLogin`, `Match[1]/Settings/X11Forwarding`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export const textOmissions = ["binary", "large", "many"] as const;
/** `large`: one file above the limit. `many`: the run changed too many files to show each. */
export type TextOmitted = (typeof textOmissions)[number];

export interface FileState {
  readonly type: FileType;
  /** Permission bits, four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; regular files only. */
  readonly size?: number;
  /** Hex; only where the content was read. */
  readonly sha256?: string;
  /** Of a symbolic link. */
  readonly target?: string;
  /** `major:minor` of a device node. */
  readonly device?: string;
  /** The first path, in order, of a file that has several names: this one is a hard link to it. */
  readonly hardLink?: string;
  /** SELinux label (`security.selinux`). */
  readonly label?: string;
  /** Access control list, `user::rw-,user:1000:r--,group::r--,mask::r--,other::---`; ids are numbers. */
  readonly acl?: string;
  /** Access control list for what is made in a directory. */
  readonly defaultAcl?: string;
  /** File capabilities, `cap_net_raw=ep`. */
  readonly capabilities?: string;
  /** Other extended attributes, values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Seconds and nanoseconds since 1970, `1700000000.000000000`; only with `mtime` in `what`. */
  readonly mtime?: string;
}

/** A package that was installed, removed, or replaced by another version. */
export interface PackageChange {
  readonly name: string;
  /** `amd64`, `all`, ... */
  readonly arch: string;
  /** Version before; absent for one that was not installed. */
  readonly before?: string;
  /** Version after; absent for one that is not installed any more. */
  readonly after?: string;
}

export interface UnreadPackages {
  /** Of the database, in the guest. */
  readonly path: string;
  /** As it was before the run, or is after it. */
  readonly side: "before" | "after";
  readonly reason: string;
}

export function isEmptyDiff(diff: Diff): boolean {
  return diff.blocks.length === 0 && diff.files.length === 0;
}

const closed = (
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: string[],
): JsonSchema => ({
  type: "object",
  description,
  properties,
  required,
  additionalProperties: false,
});

const fileState = closed(
  "State of a file at one time.",
  {
    type: { enum: [...fileTypes], description: "Type of the file." },
    mode: { type: "string", pattern: "^[0-7]{4}$", description: "Permission bits, octal." },
    uid: { type: "integer", description: "Owner." },
    gid: { type: "integer", description: "Group." },
    size: { type: "integer", description: "Bytes; regular files only." },
    sha256: { type: "string", pattern: "^[0-9a-f]{64}$", description: "Digest of the content, where it was read." },
    target: text("Target of a symbolic link."),
    device: text("major:minor of a device node."),
    hardLink: text("First path of a file with several names, which this is another one of."),
    label: text("SELinux label."),
    acl: text("Access control list, as getfacl's short form, with numbers for names."),
    defaultAcl: text("Access control list for what is made in a directory."),
    capabilities: text("File capabilities, as setcap takes them."),
    xattrs: {
      type: "object",
      description: "Other extended attributes, values in base64.",
      additionalProperties: { type: "string" },
    },
    mtime: text("Modification time, seconds and nanoseconds since 1970."),
  },
  ["type", "mode", "uid", "gid"],
);

const treeChange = closed(
  "A node of the tree that Augeas makes of a file.",
  {
    path: text("Path below the file's own."),
    before: text("Value before; absent where it was not there."),
    after: text("Value after; absent where it is not there any more."),
  },
  ["path"],
);

const fileChange = closed(
  "A file that was added, removed, changed or moved.",
  {
    path: text("Absolute path in the guest."),
    change: { enum: [...fileChangeKinds], description: "What happened to it." },
    from: text("Path before, where it was moved."),
    type: { enum: [...fileTypes], description: "Type after the change (before it where removed)." },
    before: fileState,
    after: fileState,
    what: { type: "array", items: { enum: [...fileAspects] }, description: "What of it changed." },
    text: text("Unified hunks without file headers."),
    tree: { type: "array", items: treeChange, description: "What an edit through Augeas meant." },
    secret: { const: true, description: "The content is secret and not given." },
    textOmitted: { enum: [...textOmissions], description: "Why there is no text." },
  },
  ["path", "change", "type", "what"],
);

const blockChange = closed(
  "A partition table, partition, filesystem or volume that was added, removed or changed.",
  {
    kind: { enum: [...blockKinds], description: "What it is." },
    name: text("Device or name."),
    change: { enum: [...changeKinds], description: "What happened to it." },
    fields: {
      type: "array",
      description: "Fields that differ; all known fields for added and removed.",
      items: closed(
        "One field.",
        {
          name: text("Name; sizes and offsets are bytes."),
          before: text("Value before."),
          after: text("Value after."),
        },
        ["name"],
      ),
    },
  },
  ["kind", "name", "change", "fields"],
);

const packageChange = closed(
  "A package that was installed, removed, or replaced by another version.",
  {
    name: text("Name."),
    arch: text("Architecture."),
    before: text("Version before; absent where it was not installed."),
    after: text("Version after; absent where it is not installed any more."),
  },
  ["name", "arch"],
);

const unreadPackages = closed(
  "A database of a package manager that changed and cannot be read.",
  {
    path: text("Its path in the guest."),
    side: { enum: ["before", "after"], description: "Which of its two states." },
    reason: text("Why it cannot be read."),
  },
  ["path", "side", "reason"],
);

/** Schema of a {@link Diff} inside another document. */
export const diffBody: JsonSchema = closed(
  "Difference between an image before and after a run.",
  {
    formatVersion: { const: DIFF_FORMAT_VERSION, description: "Version of this form." },
    blocks: { type: "array", items: blockChange, description: "Changes below the level of files." },
    files: { type: "array", items: fileChange, description: "Changed files, by path." },
    packages: {
      type: "array",
      items: packageChange,
      description: "Changed packages, by name; absent where none is known.",
    },
    packagesUnread: {
      type: "array",
      items: unreadPackages,
      description: "Databases whose packages are not told.",
    },
  },
  ["formatVersion", "blocks", "files"],
);

/** JSON Schema (2020-12) of {@link Diff}. */
export const diffSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "gild diff",
  ...diffBody,
};
