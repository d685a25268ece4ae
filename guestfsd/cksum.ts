/** The CRC of POSIX cksum(1): polynomial 0x04c11db7, most significant bit first, the length appended, complemented. */

const POLYNOMIAL = 0x04c11db7;
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0);
  return remainder >>> 0;
});

export class Cksum {
  #crc = 0;
  #length = 0;

  /** Bytes seen so far. */
  get length(): number {
    return this.#length;
  }

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    this.#feed(bytes);
  }

  /** The checksum in decimal. Not usable afterwards. */
  digest(): string {
    const length: number[] = [];
    for (let rest = this.#length; rest > 0; rest = Math.floor(rest / 256)) length.push(rest % 256);
    this.#feed(Uint8Array.from(length));
    return String(~this.#crc >>> 0);
  }

  #feed(bytes: Uint8Array): void {
    let crc = this.#crc;
    // By index: an iterator costs several times as much.
    for (let i = 0; i < bytes.length; i += 1) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ (bytes[i] ?? 0)] ?? 0);
    this.#crc = crc;
  }
}
