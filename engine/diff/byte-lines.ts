/** Cuts a stream of bytes into lines of text (schemas/text.ts), whatever the pieces it comes in. */
import { textFromBytes } from "../../schemas/index.ts";

const NEWLINE = 10;

export class ByteLines {
  #rest: Uint8Array = new Uint8Array(0);

  /** Gives the lines that this piece completes, without their newlines. */
  push(bytes: Uint8Array): string[] {
    const joined = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const lines: string[] = [];
    let start = 0;
    for (let end = joined.indexOf(NEWLINE); end >= 0; end = joined.indexOf(NEWLINE, start)) {
      lines.push(textFromBytes(joined.subarray(start, end)));
      start = end + 1;
    }
    this.#rest = joined.slice(start);
    return lines;
  }

  /** What came after the last newline. */
  end(): string {
    const rest = textFromBytes(this.#rest);
    this.#rest = new Uint8Array(0);
    return rest;
  }
}
