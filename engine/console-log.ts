/**
 * ConsoleLog: the end of what the serial console and qemu said, bounded, for error messages. Control characters are
 * escaped: the bytes are the guest's, and error messages go to terminals.
 */
const KEPT_BYTES = 64 * 1024;
const LINE_MAX = 300;

export class ConsoleLog {
  readonly #listener: ((text: string) => void) | undefined;
  #text = "";

  constructor(listener?: (text: string) => void) {
    this.#listener = listener;
  }

  /** Takes output as it comes. */
  add(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    this.#text = (this.#text + text).slice(-KEPT_BYTES);
    this.#listener?.(text);
  }

  /** The last lines, oldest first; empty lines left out, long ones cut. */
  lastLines(count = 20): string[] {
    const lines = this.#text.split(/\r*\n/).map((line) => escapeControls(line).trimEnd());
    return lines.filter((line) => line !== "").slice(-count);
  }
}

function escapeControls(line: string): string {
  const clean = line
    // Terminal control sequences say nothing in a log.
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "")
    .replaceAll(/[^\x20-\x7e\t]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return clean.length > LINE_MAX ? `${clean.slice(0, LINE_MAX)}...` : clean;
}
