/** Guest file names between the wire's text (schemas/text.ts) and what node:fs takes. Resolves nothing: that is sysroot.ts. */
import { bytesFromText } from "../schemas/index.ts";

/** A path for node:fs. Names that are no UTF-8 need bytes; for the others the string is quicker. */
export function fsPath(path: string): string | Buffer {
  return path.isWellFormed() ? path : Buffer.from(bytesFromText(path));
}

/** Path of an entry of a directory. */
export function join(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** Order by bytes, as strcmp(3) has it. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(bytesFromText(a), bytesFromText(b));
}
