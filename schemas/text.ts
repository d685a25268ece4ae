/**
 * Text on the wire: libguestfs strings are bytes, TypeScript strings are not. Bytes that are not UTF-8 become lone
 * surrogates (byte b -> U+DC00 + b, as Python's "surrogateescape"), so that decode then encode gives the same bytes.
 * Knows nothing of XDR.
 */

const ESCAPE_BASE = 0xdc00;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Decodes bytes to a string, lossless for any input.
 *
 * @param bytes any bytes; borrowed, not kept
 * @returns UTF-8 text, in which each byte that is not part of valid UTF-8 is U+DC80..U+DCFF
 */
export function textFromBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

/**
 * Encodes a string made by {@link textFromBytes} (or any string) to bytes. A lone surrogate that stands for no byte is
 * encoded as U+FFFD, as TextEncoder does.
 */
export function bytesFromText(text: string): Uint8Array {
  if (text.isWellFormed?.() ?? !/\p{Surrogate}/u.test(text)) return encoder.encode(text);

  const out: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff) out.push(code - ESCAPE_BASE);
    else out.push(...encoder.encode(char));
  }
  return Uint8Array.from(out);
}

/** Decodes run by run of ASCII, else sequence by sequence; a byte that starts no valid sequence is escaped alone. */
function decodeEscaping(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const size = asciiRun(bytes, i) || validSequence(bytes, i);
    if (size === 0) {
      text += String.fromCharCode(ESCAPE_BASE + (bytes[i] ?? 0));
      i += 1;
    } else {
      text += strict.decode(bytes.subarray(i, i + size));
      i += size;
    }
  }
  return text;
}

function asciiRun(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && (bytes[end] ?? 0) < 0x80) end += 1;
  return end - start;
}

/** Length of the valid sequence of two bytes or more at `start`, 0 when there is none. */
function validSequence(bytes: Uint8Array, start: number): number {
  const first = bytes[start] ?? 0;
  const size = sequenceLength(first);
  if (size === 0 || start + size > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(start, start + size));
    return size;
  } catch {
    return 0;
  }
}

function sequenceLength(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}
