/** Reading files of the guest while a step observes. Only reads; text files of moderate size. */
import { textFromBytes, type Guestfs } from "../schemas/index.ts";

/**
 * Reads a file of the guest, symlinks followed inside the guest.
 *
 * @returns its bytes, or undefined when there is no such file
 */
export async function readGuestFile(g: Guestfs, path: string): Promise<Uint8Array | undefined> {
  if (!(await g.is_file({ path, followsymlinks: true }))) return undefined;
  const pieces: Uint8Array[] = [];
  await g.download({
    remotefilename: path,
    filename: (bytes) => {
      pieces.push(bytes.slice());
    },
  });
  return Buffer.concat(pieces);
}

/** The same as text; bytes that are not UTF-8 survive (schemas/text.ts). */
export async function readGuestText(g: Guestfs, path: string): Promise<string | undefined> {
  const bytes = await readGuestFile(g, path);
  return bytes === undefined ? undefined : textFromBytes(bytes);
}
