/**
 * Writes a cpio archive in the form the kernel unpacks as an initramfs ("newc").
 * Directories, regular files and character devices only; owner 0, time 0, so the same input gives the same bytes.
 *
 * Entry: "070701", 13 fields of 8 hexadecimal digits (inode, mode, uid, gid, nlink, mtime, size, devmajor, devminor,
 * rdevmajor, rdevminor, namesize, check), name and NUL padded to 4 bytes, data padded to 4 bytes.
 */

/** One entry; a path without leading slash. */
export type CpioEntry =
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly data: Uint8Array }
  | { readonly kind: "character"; readonly path: string; readonly major: number; readonly minor: number };

const MODE_DIRECTORY = 0o040755;
const MODE_FILE = 0o100000;
const MODE_CHARACTER = 0o020600;

/** The archive, trailer included. Directories must be given before what they hold. */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts = entries.map((entry, index) => encode(entry, index + 1));
  parts.push(header({ path: "TRAILER!!!", inode: 0, mode: 0, size: 0, major: 0, minor: 0 }));
  return Buffer.concat(parts);
}

function encode(entry: CpioEntry, inode: number): Buffer {
  const common = { path: entry.path, inode, size: 0, major: 0, minor: 0 };
  switch (entry.kind) {
    case "directory":
      return header({ ...common, mode: MODE_DIRECTORY });
    case "file":
      return Buffer.concat([
        header({ ...common, mode: MODE_FILE | entry.mode, size: entry.data.length }),
        entry.data,
        Buffer.alloc(padding(entry.data.length)),
      ]);
    case "character":
      return header({ ...common, mode: MODE_CHARACTER, major: entry.major, minor: entry.minor });
  }
}

interface HeaderFields {
  readonly path: string;
  readonly inode: number;
  readonly mode: number;
  readonly size: number;
  readonly major: number;
  readonly minor: number;
}

function header(fields: HeaderFields): Buffer {
  const name = Buffer.from(`${fields.path}\0`);
  const { inode, mode, size, major, minor } = fields;
  const numbers = [inode, mode, 0, 0, 1, 0, size, 0, 0, major, minor, name.length, 0];
  const text = `070701${numbers.map((number) => number.toString(16).padStart(8, "0")).join("")}`;
  return Buffer.concat([Buffer.from(text), name, Buffer.alloc(padding(text.length + name.length))]);
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
