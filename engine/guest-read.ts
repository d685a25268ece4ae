/**
 * Reading single files of a mounted guest during inspection: bounded, and without failures. What is missing, too large or no
 * plain file is undefined; the guest's author may have made it so on purpose.
 */
import { constants } from "node:fs";

import { textFromBytes, type Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";

const TEXT_LIMIT = 1 << 20;

/** The file as text, symlinks followed inside the guest. @param limit bytes */
export async function readSmallText(g: Guestfs, path: string, limit = TEXT_LIMIT): Promise<string | undefined> {
  const bytes = await readSmallFile(g, path, limit);
  return bytes === undefined ? undefined : textFromBytes(bytes);
}

export async function readSmallFile(g: Guestfs, path: string, limit = TEXT_LIMIT): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    const { st_mode, st_size } = await g.statns({ path });
    if ((Number(st_mode) & constants.S_IFMT) !== constants.S_IFREG || st_size > BigInt(limit)) return undefined;
    let size = 0;
    await g.download({
      remotefilename: path,
      filename: (bytes) => {
        size += bytes.length;
        if (size <= limit) pieces.push(bytes.slice());
      },
    });
    return size <= limit ? Buffer.concat(pieces) : undefined;
  } catch (error) {
    if (error instanceof GuestfsError) return undefined;
    throw error;
  }
}

/** Whether any file, directory or device has this name; false when that cannot be found out. */
export async function guestHas(g: Guestfs, path: string): Promise<boolean> {
  try {
    return await g.exists({ path });
  } catch (error) {
    if (error instanceof GuestfsError) return false;
    throw error;
  }
}
