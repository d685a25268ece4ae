/** Mutations of a byte stream of the protocol, from a seed: the same seed gives the same bytes. Knows framing, no actions. */

/** Random whole numbers. */
export interface Random {
  /** In [0, limit). */
  below(limit: number): number;
}

/** A small generator (xorshift32): fast, and the same everywhere. `seed` is any whole number but 0. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return {
    below(limit) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % limit;
    },
  };
}

const WORD = 4;
const HEADER_WORDS = 10;
/** Sizes and counts at their limits, the flags, and what is no valid enum. */
const WORDS = [
  0, 1, 2, 3, 4, 7, 8, 40, 44, 0xff, 0x2000, 0x2001, 0xffff, 0x10000, 0x100000, 0x3ffffc, 0x400000, 0x400004,
  0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff, 0xf5f55ff5, 0xffffeeee, 0xffff5555, 0x2000f5f5,
];

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

/** Every way to change a message. The header of the first message lies in words 1 to 10. */
export const mutations: Readonly<Record<string, Mutation>> = {
  flip: (bytes, random) => changed(bytes, random.below(bytes.length), (byte) => byte ^ (1 << random.below(8))),
  byte: (bytes, random) => changed(bytes, random.below(bytes.length), () => random.below(256)),
  truncate: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  extend: (bytes, random) => Buffer.concat([bytes, noise(random, 1 + random.below(64))]),
  word: (bytes, random) => withWord(bytes, random.below(words(bytes)), pick(WORDS, random)),
  header: (bytes, random) => withWord(bytes, 1 + random.below(HEADER_WORDS), pick(WORDS, random)),
  nudge: (bytes, random) => {
    const at = random.below(words(bytes));
    return withWord(bytes, at, (bytes.readUInt32BE(at * WORD) + random.below(17) - 8) >>> 0);
  },
  splice: (bytes, random, other) => {
    const end = random.below(words(other)) * WORD;
    return Buffer.concat([bytes.subarray(0, random.below(words(bytes)) * WORD), other.subarray(end)]);
  },
  repeat: (bytes, random) => {
    const start = random.below(words(bytes)) * WORD;
    const end = Math.min(bytes.length, start + WORD * (1 + random.below(16)));
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  cut: (bytes, random) => {
    const start = random.below(words(bytes)) * WORD;
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + WORD * (1 + random.below(8)))]);
  },
  unit: (bytes, random) => {
    const at = unitStarts(bytes);
    return withWord(bytes, pick(at, random) / WORD + random.below(3), pick(WORDS, random));
  },
};

const names = Object.keys(mutations);

/**
 * One to three mutations after each other; half of the results get a length word that is right again, so that what is wrong
 * comes past the framing.
 *
 * @param other another message, to splice with
 */
export function mutate(sample: Buffer, other: Buffer, random: Random): Buffer {
  const firstSize = WORD + (sample.length < WORD ? 0 : sample.readUInt32BE(0));
  let bytes = sample;
  for (let left = 1 + random.below(3); left > 0 && bytes.length >= WORD; left -= 1) {
    bytes = mutations[pick(names, random)]?.(bytes, random, other) ?? bytes;
  }
  const isOneUnit = firstSize === sample.length;
  if (!isOneUnit || bytes.length < WORD || random.below(2) === 0) return bytes;
  const whole = bytes.subarray(0, bytes.length - (bytes.length % WORD));
  return withWord(whole, 0, whole.length - WORD);
}

const words = (bytes: Buffer): number => Math.max(1, Math.floor(bytes.length / WORD));

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[random.below(values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

function changed(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

function withWord(bytes: Buffer, index: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  if ((index + 1) * WORD <= copy.length) copy.writeUInt32BE(value, index * WORD);
  return copy;
}

function noise(random: Random, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.below(256)));
}

/** Where units begin, as far as the length words make sense: messages and chunks. */
function unitStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = 0; at + WORD <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    at += WORD + length;
    if (length % WORD !== 0 || at + WORD > bytes.length) break;
    starts.push(at);
  }
  return starts;
}
