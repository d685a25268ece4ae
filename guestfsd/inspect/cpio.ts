/**
 * The files of a cpio archive in the "new ASCII" format, which initrds have (kernel documentation, "initramfs buffer
 * format"). Several archives may follow one another, with zeros between them. Only what stands before a file's data is
 * believed.
 *
 *     070701 or 070702 | 13 fields of 8 hexadecimal digits | name with its NUL, padded to 4 | data, padded to 4
 */
import { textFromBytes } from "../../schemas/index.ts";
import type { ByteReader } from "./byte-reader.ts";

export interface CpioFile {
  readonly name: string;
  /** First bytes of its data. */
  readonly head: Buffer;
}

const MAGIC_SIZE = 6;
const HEADER_SIZE = 110;
const NAME_MAX = 4096;
const TRAILER = "TRAILER!!!";
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

export function isCpio(head: Buffer): boolean {
  return /^07070[12]/.test(head.toString("latin1", 0, MAGIC_SIZE));
}

/**
 * Regular files with data, in the archive's order. When it has ended, the reader stands at what comes behind the archives.
 *
 * @param headSize most bytes of data to give of each
 */
export function* regularFiles(reader: ByteReader, headSize: number): Generator<CpioFile> {
  for (;;) {
    skipZeros(reader);
    if (!isCpio(reader.peek(MAGIC_SIZE))) return;
    const header = reader.read(HEADER_SIZE);
    if (header.length < HEADER_SIZE) return;
    const [mode, size, nameSize] = [field(header, 1), field(header, 6), field(header, 11)];
    if (Number.isNaN(mode + size + nameSize) || nameSize < 1 || nameSize > NAME_MAX) return;
    const name = textFromBytes(reader.read(nameSize).subarray(0, -1));
    if (!reader.skip(padding(HEADER_SIZE + nameSize))) return;
    if (name === TRAILER) continue;
    if ((mode & S_IFMT) === S_IFREG && size > 0) yield { name, head: reader.peek(Math.min(size, headSize)) };
    if (!reader.skip(size + padding(size))) return;
  }
}

function field(header: Buffer, index: number): number {
  const digits = header.toString("latin1", MAGIC_SIZE + index * 8, MAGIC_SIZE + (index + 1) * 8);
  return /^[0-9a-fA-F]{8}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}

const padding = (size: number): number => (4 - (size % 4)) % 4;

function skipZeros(reader: ByteReader): void {
  for (;;) {
    const bytes = reader.peek(512);
    const end = bytes.findIndex((byte) => byte !== 0);
    reader.skip(end === -1 ? bytes.length : end);
    if (end !== -1 || bytes.length === 0) return;
  }
}
