/**
 * Framing: cuts the byte stream into units. Every unit begins with a big-endian u32:
 *
 *     LAUNCH_FLAG   | nothing
 *     CANCEL_FLAG   | nothing
 *     PROGRESS_FLAG | progress (24 bytes)
 *     n <= 4 MiB    | n bytes: a message or a file chunk; only the context knows which
 *
 * Incremental: bytes may arrive in any pieces. Does not look into messages.
 */
import { GUESTFS_CANCEL_FLAG, GUESTFS_LAUNCH_FLAG, GUESTFS_MESSAGE_MAX, GUESTFS_PROGRESS_FLAG } from "./constants.ts";
import { decodeProgress, encodeProgress, type Progress } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";

export type Unit =
  | { readonly type: "launch" }
  | { readonly type: "cancel" }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "data"; readonly bytes: Uint8Array };

const WORD = 4;
const PROGRESS_SIZE = 24;

/** Splits a stream into units. Not usable after it threw. */
export class FrameDecoder {
  readonly #pieces: Uint8Array[] = [];
  #buffered = 0;

  /** Bytes received that do not make a whole unit yet. */
  get pending(): number {
    return this.#buffered;
  }

  /**
   * Takes bytes (borrowed until they are returned in a unit or copied). Those that follow the last ones in the same memory are
   * joined to them without copying.
   */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset) {
      this.#pieces[this.#pieces.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
    } else {
      this.#pieces.push(bytes);
    }
    this.#buffered += bytes.length;
  }

  /**
   * The next whole unit, or undefined when more bytes are needed.
   *
   * @throws ProtocolError BAD_LENGTH when the length word is over 4 MiB or no multiple of 4; BAD_PROGRESS
   */
  next(): Unit | undefined {
    const missing = this.missing();
    if (missing > 0) return undefined;

    const word = this.#peekWord();
    const bytes = this.#take(unitSize(word));
    switch (word) {
      case GUESTFS_LAUNCH_FLAG:
        return { type: "launch" };
      case GUESTFS_CANCEL_FLAG:
        return { type: "cancel" };
      case GUESTFS_PROGRESS_FLAG:
        return { type: "progress", progress: decodeProgress(bytes.subarray(WORD)) };
      default:
        return { type: "data", bytes: bytes.subarray(WORD) };
    }
  }

  /** How many bytes must at least come before the next unit is whole; 0 when it is. For blocking readers. */
  missing(): number {
    if (this.#buffered < WORD) return WORD - this.#buffered;
    return Math.max(0, unitSize(this.#peekWord()) - this.#buffered);
  }

  #peekWord(): number {
    const first = this.#pieces[0];
    if (first !== undefined && first.length < WORD) this.#join();
    const head = this.#pieces[0] ?? new Uint8Array(WORD);
    return new DataView(head.buffer, head.byteOffset, WORD).getUint32(0);
  }

  #take(size: number): Uint8Array {
    const first = this.#pieces[0];
    if (first === undefined || first.length < size) this.#join();
    const head = this.#pieces[0] ?? new Uint8Array();
    const rest = head.subarray(size);
    if (rest.length > 0) this.#pieces[0] = rest;
    else this.#pieces.shift();
    this.#buffered -= size;
    return head.subarray(0, size);
  }

  #join(): void {
    const whole = new Uint8Array(this.#buffered);
    let offset = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    this.#pieces.splice(0, this.#pieces.length, whole);
  }
}

/** Bytes of a message or chunk with its length word in front. */
export function frame(...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  if (size > GUESTFS_MESSAGE_MAX)
    throw new ProtocolError("BAD_LENGTH", `message of ${size} bytes is over ${GUESTFS_MESSAGE_MAX}`);
  const out = new Uint8Array(WORD + size);
  new DataView(out.buffer).setUint32(0, size);
  let offset = WORD;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** A flag word alone (LAUNCH_FLAG, CANCEL_FLAG). */
export function flagWord(flag: number): Uint8Array {
  const out = new Uint8Array(WORD);
  new DataView(out.buffer).setUint32(0, flag);
  return out;
}

/** PROGRESS_FLAG and its struct. */
export function progressUnit(progress: Progress): Uint8Array {
  const out = new Uint8Array(WORD + PROGRESS_SIZE);
  out.set(flagWord(GUESTFS_PROGRESS_FLAG));
  out.set(encodeProgress(progress), WORD);
  return out;
}

/** Bytes of the unit that begins with this word, the word included. */
function unitSize(word: number): number {
  if (word === GUESTFS_LAUNCH_FLAG || word === GUESTFS_CANCEL_FLAG) return WORD;
  if (word === GUESTFS_PROGRESS_FLAG) return WORD + PROGRESS_SIZE;
  if (word > GUESTFS_MESSAGE_MAX)
    throw new ProtocolError("BAD_LENGTH", `length word 0x${word.toString(16)} is over ${GUESTFS_MESSAGE_MAX}`);
  if (word % WORD !== 0) throw new ProtocolError("BAD_LENGTH", `length word ${word} is not a multiple of 4`);
  return WORD + word;
}
