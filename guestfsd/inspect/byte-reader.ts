/** Reads bytes in sizes of its own from an iterator of pieces. Owns the iterator. */

export class ByteReader {
  readonly #source: Iterator<Uint8Array>;
  #buffered: Buffer = Buffer.alloc(0);
  /** Bytes that may still be taken from the source. */
  #allowance: number;

  /** @param limit bytes; the source counts as ended there */
  constructor(source: Iterator<Uint8Array>, limit: number) {
    this.#source = source;
    this.#allowance = limit;
  }

  /** The next bytes without taking them; fewer at the end. */
  peek(size: number): Buffer {
    const parts = [this.#buffered];
    let have = this.#buffered.length;
    while (have < size) {
      const piece = this.#next();
      if (piece === undefined) break;
      parts.push(piece);
      have += piece.length;
    }
    this.#buffered = Buffer.concat(parts);
    return this.#buffered.subarray(0, size);
  }

  /** The next bytes; fewer at the end. */
  read(size: number): Buffer {
    const bytes = this.peek(size);
    this.#buffered = this.#buffered.subarray(bytes.length);
    return bytes;
  }

  /** Passes over bytes without keeping them. @returns false when the end came before */
  skip(size: number): boolean {
    let left = size - this.#buffered.length;
    if (left <= 0) {
      this.#buffered = this.#buffered.subarray(size);
      return true;
    }
    for (;;) {
      const piece = this.#next();
      if (piece === undefined) {
        this.#buffered = Buffer.alloc(0);
        return false;
      }
      if (piece.length >= left) {
        this.#buffered = piece.subarray(left);
        return true;
      }
      left -= piece.length;
    }
  }

  /** Everything that is left, piece by piece. */
  *rest(): Generator<Uint8Array> {
    while (this.#buffered.length > 0) yield this.read(this.#buffered.length);
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) yield piece;
  }

  close(): void {
    this.#source.return?.();
  }

  /** A copy: what the source gives is good until its next piece only. */
  #next(): Buffer | undefined {
    if (this.#allowance <= 0) return undefined;
    const next = this.#source.next();
    if (next.done === true) return undefined;
    const piece = next.value.subarray(0, this.#allowance);
    this.#allowance -= piece.length;
    return Buffer.from(piece);
  }
}
