/** Contents of files: cat, read_file, read_lines, write, write_append. */
import { bytesFromText, textFromBytes, type CallOptions, type Guestfs } from "../../schemas/index.ts";
import { collectFile } from "./collect-file.ts";

export interface ContentFunctions {
  /** Content of a file as text (bytes that are not UTF-8 escaped, schemas/text.ts). @throws GuestfsError EFBIG over 256 MiB */
  cat(args: { readonly path: string }, options?: CallOptions): Promise<string>;
  /** Content of a file. @throws GuestfsError EFBIG over 256 MiB */
  read_file(args: { readonly path: string }, options?: CallOptions): Promise<Uint8Array>;
  /** Lines of a file without their ends (LF or CRLF). @throws GuestfsError EFBIG over 256 MiB */
  read_lines(args: { readonly path: string }, options?: CallOptions): Promise<string[]>;
  /** Creates or truncates a file and writes the content; mode 0666 less the umask for a new one. */
  write(args: { readonly path: string; readonly content: string | Uint8Array }, options?: CallOptions): Promise<void>;
  /** Appends to a file, which is created if missing; in pieces of 2 MiB. */
  write_append(
    args: { readonly path: string; readonly content: string | Uint8Array },
    options?: CallOptions,
  ): Promise<void>;
}

/** Largest content sent in the call itself; more goes as a file. */
const INLINE_MAX = 2 * 1024 * 1024;

export function contentFunctions(g: Guestfs): ContentFunctions {
  const read = (action: string, path: string, options?: CallOptions): Promise<Uint8Array> =>
    collectFile(action, path, (filename) => g.download({ remotefilename: path, filename }, options));

  return {
    async cat({ path }, options) {
      return textFromBytes(await read("cat", path, options));
    },
    read_file: ({ path }, options) => read("read_file", path, options),
    async read_lines({ path }, options) {
      const lines = textFromBytes(await read("read_lines", path, options)).split("\n");
      if (lines.at(-1) === "") lines.pop();
      return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
    },
    async write({ path, content }, options) {
      const bytes = asBytes(content);
      if (bytes.length <= INLINE_MAX) await g.internal_write({ path, content: bytes }, options);
      else await g.upload({ filename: bytes, remotefilename: path }, options);
    },
    async write_append({ path, content }, options) {
      const bytes = asBytes(content);
      for (let start = 0; start === 0 || start < bytes.length; start += INLINE_MAX) {
        await g.internal_write_append({ path, content: bytes.subarray(start, start + INLINE_MAX) }, options);
      }
    },
  };
}

function asBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? bytesFromText(content) : content;
}
