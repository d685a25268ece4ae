/** Colour for terminals: ANSI sequences when wanted, nothing otherwise; and escaping of what a guest could smuggle into a terminal. */

export interface Style {
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

const plain = (text: string): string => text;

export function createStyle(colour: boolean): Style {
  if (!colour) return { added: plain, removed: plain, changed: plain, faint: plain, strong: plain };
  const paint =
    (code: number) =>
    (text: string): string =>
      `\u001B[${code}m${text}\u001B[0m`;
  return { added: paint(32), removed: paint(31), changed: paint(33), faint: paint(2), strong: paint(1) };
}

/** Names and contents come from the guest: control characters and lone surrogates are shown, never sent. Tabs and line feeds stay. */
export function printable(text: string): string {
  return text.replaceAll(DANGEROUS, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** {@link printable} for what stands in a line: a name with a line feed in it must not look like two changes. */
export function oneLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** Control characters but tab and line feed, marks that turn the direction of writing, lone surrogates. */
// oxlint-disable-next-line no-control-regex -- they are what it is for
const DANGEROUS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uD800-\uDFFF]/gu;

/** `1,204` */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 file`, `1,204 files` */
export function counted(value: number, what: string): string {
  return `${count(value)} ${value === 1 ? what : `${what}s`}`;
}

/** `31 MB`, `512 bytes` (decimal units). */
export function byteSize(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let size = bytes;
  let unit = "";
  for (const next of units) {
    if (size < 1000) break;
    size /= 1000;
    unit = next;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
