/** Daemon side of schemas/actions/strings.ts. Not binutils' strings: that comes with libraries for all formats of programs. */
import { GUESTFS_MESSAGE_MAX, textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { openFile, pieces } from "../file-reader.ts";

interface Encoding {
  /** Bytes of a character. */
  readonly width: number;
  readonly read: (bytes: Buffer, offset: number) => number;
  /** Characters above 127 are printable. */
  readonly high?: boolean;
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  s: { width: 1, read: (bytes, offset) => bytes.readUInt8(offset) },
  S: { width: 1, read: (bytes, offset) => bytes.readUInt8(offset), high: true },
  b: { width: 2, read: (bytes, offset) => bytes.readUInt16BE(offset) },
  l: { width: 2, read: (bytes, offset) => bytes.readUInt16LE(offset) },
  B: { width: 4, read: (bytes, offset) => bytes.readUInt32BE(offset) },
  L: { width: 4, read: (bytes, offset) => bytes.readUInt32LE(offset) },
};

const SHORTEST = 4;
const TAB = 0x09;

export const strings = {
  strings: ({ path }, context) => find("s", path, context),
  strings_e: ({ encoding, path }, context) => find(encoding, path, context),
} satisfies HandlersOf<typeof families.strings, Context>;

function find(name: string, path: string, { sysroot }: Context): string[] {
  const encoding = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (encoding === undefined) throw new ActionError(`${name}: invalid encoding`, "EINVAL");
  return about(path, () => {
    const found: string[] = [];
    let size = 0;
    for (const text of runs(encoding, pieces(openFile(sysroot, path)))) {
      size += text.length;
      if (size > GUESTFS_MESSAGE_MAX) throw tooMuch();
      found.push(text);
    }
    return found;
  });
}

/** What is no character is looked at again from its second byte on: strings need not be aligned. */
function* runs({ width, read, high = false }: Encoding, source: Iterable<Buffer>): Generator<string> {
  let rest = Buffer.alloc(0);
  let run: number[] = [];
  for (const piece of source) {
    const bytes = Buffer.concat([rest, piece]);
    let at = 0;
    while (at + width <= bytes.length) {
      const char = read(bytes, at);
      if (isPrintable(char, high)) {
        run.push(char);
        at += width;
        continue;
      }
      if (run.length >= SHORTEST) yield textFromBytes(Buffer.from(run));
      run = [];
      at += 1;
    }
    if (run.length > GUESTFS_MESSAGE_MAX) throw tooMuch();
    rest = bytes.subarray(at);
  }
  if (run.length >= SHORTEST) yield textFromBytes(Buffer.from(run));
}

const isPrintable = (char: number, high: boolean): boolean =>
  char === TAB || (char >= 0x20 && char < 0x7f) || (high && char > 0x7f);

const tooMuch = (): ActionError => new ActionError(`text is over ${GUESTFS_MESSAGE_MAX} bytes`, "EFBIG");
