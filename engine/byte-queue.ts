/** ByteQueue: pieces of bytes in order, one waiting reader. The buffer under every transport; bounds nothing itself. */

export class ByteQueue {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #wake: (() => void) | undefined;

  /** Bytes that wait to be read. */
  get size(): number {
    return this.#size;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Ended, and nothing waits any more. */
  get drained(): boolean {
    return this.#ended && this.#pieces.length === 0;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#ended) return;
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    this.#wake?.();
  }

  /** No more bytes will come; those that wait can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  shift(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#size -= piece.length;
    return piece;
  }

  /** The next piece, or undefined at the end of the stream. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#pieces.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return this.shift();
  }
}
