/**
 * Reads a qcow2 header: only what decides whether qemu may open the file. Layout (qemu docs/interop/qcow2): big-endian,
 *
 *     0 magic "QFI\xfb" | 4 version:u32 | 8 backing_file_offset:u64 | 16 backing_file_size:u32 | 20 cluster_bits:u32 |
 *     24 size:u64 | 32 crypt_method:u32 | ... | 60 nb_snapshots:u32 | ... | version 3: 72 incompatible_features:u64 | ... |
 *     100 header_length:u32 | extensions: type:u32 length:u32 data, padded to 8
 *
 * Trusts no number in it; checks no tables (qemu-img does, with limits).
 */

export interface Qcow2Header {
  readonly version: number;
  /** Bytes. */
  readonly virtualSize: bigint;
  /** Backing file name as written in the header. */
  readonly backing: string | undefined;
  /** Format of the backing file as written in the header. */
  readonly backingFormat: string | undefined;
  readonly externalData: boolean;
  readonly encrypted: boolean;
  readonly snapshots: number;
}

/** How many bytes of the file are enough. */
export const QCOW2_HEADER_READ = 64 * 1024;

const MAGIC = 0x514649fb;
const V2_LENGTH = 72;
const V3_LENGTH = 104;
const NAME_MAX = 1023;
const EXTERNAL_DATA_BIT = 1n << 2n;
const BACKING_FORMAT_EXTENSION = 0xe2792aca;

export function isQcow2(head: Buffer): boolean {
  return head.length >= 8 && head.readUInt32BE(0) === MAGIC;
}

/**
 * @param head the first bytes of the file, up to QCOW2_HEADER_READ
 * @returns a reason (lower case) when the header cannot be right
 */
export function readQcow2Header(head: Buffer): Qcow2Header | string {
  if (!isQcow2(head)) return "not a qcow2 header";
  const version = head.readUInt32BE(4);
  if (version !== 2 && version !== 3) return `qcow2 version ${version} is not known`;
  if (head.length < (version === 2 ? V2_LENGTH : V3_LENGTH)) return "qcow2 header is cut short";

  const headerLength = version === 2 ? V2_LENGTH : head.readUInt32BE(100);
  if (headerLength < (version === 2 ? V2_LENGTH : V3_LENGTH) || headerLength > head.length) {
    return `qcow2 header length ${headerLength} is impossible`;
  }
  const nameOffset = head.readBigUInt64BE(8);
  const nameSize = head.readUInt32BE(16);
  let backing: string | undefined;
  if (nameOffset !== 0n) {
    if (nameSize === 0 || nameSize > NAME_MAX || nameOffset + BigInt(nameSize) > BigInt(head.length)) {
      return "qcow2 backing file name is outside the header";
    }
    backing = head.toString("utf8", Number(nameOffset), Number(nameOffset) + nameSize);
  }
  return {
    version,
    virtualSize: head.readBigUInt64BE(24),
    backing,
    backingFormat: extension(head, headerLength, BACKING_FORMAT_EXTENSION),
    externalData: version === 3 && (head.readBigUInt64BE(72) & EXTERNAL_DATA_BIT) !== 0n,
    encrypted: head.readUInt32BE(32) !== 0,
    snapshots: head.readUInt32BE(60),
  };
}

/** Text of a header extension; undefined when it is not there or the list is broken before it. */
function extension(head: Buffer, start: number, wanted: number): string | undefined {
  for (let at = start; at + 8 <= head.length;) {
    const type = head.readUInt32BE(at);
    const length = head.readUInt32BE(at + 4);
    if (type === 0 || at + 8 + length > head.length) return undefined;
    if (type === wanted) return head.toString("utf8", at + 8, at + 8 + length);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}
