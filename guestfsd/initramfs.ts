/**
 * Reads what Linux takes for an initramfs: cpio archives of the new ASCII format one after the other, the last of them
 * compressed as a rule (Documentation/driver-api/early-userspace/buffer-format.rst). Unpacks nothing to a disk.
 *
 * Member: "070701"|"070702" and 13 numbers of 8 hexadecimal digits | name, NUL, padding to 4 | content, padding to 4.
 */
import { textFromBytes } from "../schemas/index.ts";
import { ByteReader } from "./byte-reader.ts";
import type { Commands } from "./context.ts";
import { ActionError } from "./errors.ts";
import { pieces } from "./file-reader.ts";
import { seek } from "./native/file-range.ts";

export interface Member {
  /** Without a slash in front. */
  readonly name: string;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  /** Bytes of the content; names of one file share one content, which stands with the last of them. */
  readonly size: number;
  /** The content; only before the next member is asked for. */
  readonly content: () => Buffer;
}

/** Something else than an archive. */
interface Unknown {
  readonly bytes: Buffer;
  readonly offset: number;
}

const MAGICS = ["070701", "070702"];
const MAGIC_SIZE = 6;
const NUMBER_SIZE = 8;
const HEADER_SIZE = 110;
const NAME_MAX = 64 * 1024;
const TRAILER = "TRAILER!!!";

/** First bytes of compressed data, in latin1, and the program that unpacks it. */
const PACKED: readonly (readonly [magic: string, unpack: readonly string[]])[] = [
  ["\x1f\x8b", ["gzip", "-dcq"]],
  ["\xfd7zXZ\0", ["xz", "-dcq"]],
  ["\x28\xb5\x2f\xfd", ["zstd", "-dcq"]],
  ["BZh", ["bzip2", "-dcq"]],
  ["\x02!L\x18", ["lz4", "-dcq"]],
  ["\x04\x22M\x18", ["lz4", "-dcq"]],
  ["\x5d\0\0", ["xz", "--format=lzma", "-dcq"]],
  ["\x89LZO", ["lzop", "-dcq"]],
];

/**
 * The members of all archives in a file. Closes the descriptor.
 *
 * @param fd of the file, at its start; may be handed down to a program that unpacks
 * @throws ActionError EINVAL for what is no initramfs
 */
export function* initramfsMembers(fd: number, command: Commands): Generator<Member, undefined> {
  const reader = new ByteReader(pieces(fd));
  try {
    const next = yield* archives(reader);
    if (next === undefined) return;
    const unpack = PACKED.find(([magic]) => next.bytes.toString("latin1").startsWith(magic))?.[1];
    if (unpack === undefined) throw new ActionError("not a cpio archive, nor compressed in a known way", "EINVAL");
    seek(fd, next.offset);
    const unpacked = new ByteReader(command.stream(unpack, { fds: { 0: fd } }));
    try {
      if ((yield* archives(unpacked)) !== undefined) throw new ActionError("not a cpio archive", "EINVAL");
    } finally {
      unpacked.close();
    }
  } finally {
    reader.close();
  }
}

/** Members of archives up to the end, or to what is none: where that begins is given back then. */
function* archives(reader: ByteReader): Generator<Member, Unknown | undefined> {
  for (;;) {
    const bytes = reader.peek(MAGIC_SIZE);
    if (bytes.length === 0) return undefined;
    if (bytes[0] === 0) {
      // Archives are filled up with zeroes.
      reader.skip(1);
      continue;
    }
    if (!MAGICS.includes(bytes.toString("latin1"))) return { bytes, offset: reader.position };
    const found = header(reader);
    const contentStart = reader.position;
    if (found.name !== TRAILER) yield found;
    reader.skip(found.size - (reader.position - contentStart));
    reader.skip(padding(reader.position));
  }
}

/** Reads a member up to its content. */
function header(reader: ByteReader): Member {
  const bytes = reader.take(HEADER_SIZE);
  const number = (index: number): number => {
    const start = MAGIC_SIZE + index * NUMBER_SIZE;
    const digits = bytes.toString("latin1", start, start + NUMBER_SIZE);
    if (!/^[\da-fA-F]{8}$/.test(digits)) throw new ActionError("broken cpio archive", "EINVAL");
    return Number.parseInt(digits, 16);
  };
  const nameSize = number(11);
  if (nameSize === 0 || nameSize > NAME_MAX) throw new ActionError("broken cpio archive", "EINVAL");
  const name = reader.take(nameSize);
  reader.skip(padding(HEADER_SIZE + nameSize));
  const size = number(6);
  return {
    name: textFromBytes(name.subarray(0, -1)).replace(/^\/+(?=.)/, ""),
    ino: number(0),
    mode: number(1),
    nlink: number(4),
    size,
    content() {
      const content = reader.take(size);
      if (content.length < size) throw new ActionError("cpio archive ends early", "EINVAL");
      return content;
    },
  };
}

/** Bytes to the next multiple of 4. */
const padding = (size: number): number => -size & 3;
