/** Makes small ustar archives, also ones that no honest program makes. */

export interface Member {
  readonly name: string;
  readonly content?: string;
  /** Target of a link. */
  readonly target?: string;
  /** Default: file, or symbolic link when there is a target. */
  readonly type?: keyof typeof TYPE_FLAGS;
  /** Default 0755. */
  readonly mode?: number;
}

const BLOCK = 512;
const TYPE_FLAGS = { file: "0", hardlink: "1", symlink: "2", device: "3", directory: "5" } as const;

export function tarArchive(members: readonly Member[]): Uint8Array {
  return Buffer.concat([...members.map(memberBytes), Buffer.alloc(2 * BLOCK)]);
}

function memberBytes({ name, content = "", target = "", type, mode = 0o755 }: Member): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const kind = type ?? (target === "" ? "file" : "symlink");
  header.write(name, 0);
  header.write(`${mode.toString(8).padStart(7, "0")}\x000000000\x000000000\x00`, 100);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, "0")}\0`, 124);
  header.write("14000000000\0", 136);
  header.write("        ", 148);
  header.write(TYPE_FLAGS[kind], 156);
  header.write(target, 157);
  header.write("ustar\x0000root\0", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / BLOCK) * BLOCK);
  body.write(content);
  return Buffer.concat([header, body]);
}
