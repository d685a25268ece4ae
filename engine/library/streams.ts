/** Library functions whose result the daemon sends as a file, because it may be larger than a reply: structs and fields. */
import {
  decodeStructs,
  ProtocolError,
  textFromBytes,
  type CallOptions,
  type Guestfs,
  type StructOf,
} from "../../schemas/index.ts";
import { collectFile } from "./collect-file.ts";

export interface StreamLibrary {
  /** Fields of the journal's entry: their names, and their values as bytes. */
  journal_get(args?: Readonly<Record<never, never>>, options?: CallOptions): Promise<StructOf<"xattr">[]>;
  /** All names in a filesystem that need not be mounted, deleted ones too. `tsk_type` is the code of a letter. */
  filesystem_walk(args: { readonly device: string }, options?: CallOptions): Promise<StructOf<"tsk_dirent">[]>;
  /** The names that lead to an inode. */
  find_inode(
    args: { readonly device: string; readonly inode: bigint },
    options?: CallOptions,
  ): Promise<StructOf<"tsk_dirent">[]>;
  /** The loaded Yara rules that match a file. */
  yara_scan(args: { readonly path: string }, options?: CallOptions): Promise<StructOf<"yara_detection">[]>;
}

const LENGTH_SIZE = 8;
const EQUALS = "=".charCodeAt(0);

export function createStreamLibrary(g: Guestfs): StreamLibrary {
  return {
    async journal_get(_args, options) {
      return fields(
        await collectFile("journal_get", "entry", (filename) => g.internal_journal_get({ filename }, options)),
      );
    },
    async filesystem_walk({ device }, options) {
      const bytes = await collectFile("filesystem_walk", device, (filename) =>
        g.internal_filesystem_walk({ device, filename }, options),
      );
      return decodeStructs("tsk_dirent", bytes);
    },
    async find_inode({ device, inode }, options) {
      const bytes = await collectFile("find_inode", device, (filename) =>
        g.internal_find_inode({ device, inode, filename }, options),
      );
      return decodeStructs("tsk_dirent", bytes);
    },
    async yara_scan({ path }, options) {
      const bytes = await collectFile("yara_scan", path, (filename) =>
        g.internal_yara_scan({ path, filename }, options),
      );
      return decodeStructs("yara_detection", bytes);
    },
  };
}

/** Takes apart `length:u64 | "NAME=value"`, repeated. */
function fields(bytes: Uint8Array): StructOf<"xattr">[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: StructOf<"xattr">[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at < LENGTH_SIZE ? undefined : view.getBigUint64(at);
    const rest = bytes.length - at - LENGTH_SIZE;
    if (length === undefined || length > BigInt(rest)) {
      throw new ProtocolError("BAD_BODY", `journal_get: field at ${at} is cut off`);
    }
    const start = at + LENGTH_SIZE;
    at = start + Number(length);
    const equals = bytes.indexOf(EQUALS, start);
    if (equals === -1 || equals >= at)
      throw new ProtocolError("BAD_BODY", `journal_get: field at ${start} has no name`);
    found.push({ attrname: textFromBytes(bytes.subarray(start, equals)), attrval: bytes.slice(equals + 1, at) });
  }
  return found;
}
