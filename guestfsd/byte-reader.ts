/** Reads exact numbers of bytes from pieces that come in any size. */

export class ByteReader {
  readonly #source: Iterator<Uint8Array>;
  #piece: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(source: Iterable<Uint8Array>) {
    this.#source = source[Symbol.iterator]();
  }

  /** Bytes taken or skipped so far. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, which are not taken; fewer than asked for at the end. */
  peek(size: number): Buffer {
    while (this.#piece.length < size) {
      // A copy: the source may put its next piece in the same place.
      const held = Buffer.from(this.#piece);
      const next = this.#source.next();
      this.#piece = next.done === true ? held : Buffer.concat([held, next.value]);
      if (next.done === true) break;
    }
    return this.#piece.subarray(0, size);
  }

  /** The next bytes, copied; fewer than asked for at the end. */
  take(size: number): Buffer {
    const found: Buffer[] = [];
    for (let left = size; left > 0;) {
      const some = this.#some(left);
      if (some.length === 0) break;
      found.push(Buffer.from(some));
      left -= some.length;
    }
    return Buffer.concat(found);
  }

  /** Fewer bytes are skipped only at the end. */
  skip(size: number): void {
    for (let left = size; left > 0;) {
      const some = this.#some(left);
      if (some.length === 0) return;
      left -= some.length;
    }
  }

  /** Stops the source, which may be a program. */
  close(): void {
    this.#source.return?.();
  }

  #some(max: number): Buffer {
    while (this.#piece.length === 0) {
      const next = this.#source.next();
      if (next.done === true) return Buffer.alloc(0);
      this.#piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const some = this.#piece.subarray(0, max);
    this.#piece = this.#piece.subarray(some.length);
    this.#position += some.length;
    return some;
  }
}
