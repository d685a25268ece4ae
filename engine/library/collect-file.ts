/** What a FileOut action sends, in memory: for library functions that take it apart. */
import { GuestfsError } from "../errors.ts";

/** Largest file read into memory: the guest, not the caller, says how large a file is. */
const READ_MAX = 256 * 1024 * 1024;

/**
 * Receives a FileOut into memory; errors carry the library function's name.
 *
 * @param action name of the library function
 * @param operand what it is about, for the message
 * @throws GuestfsError EFBIG over 256 MiB
 */
export async function collectFile(
  action: string,
  operand: string,
  receive: (sink: (bytes: Uint8Array) => void) => Promise<unknown>,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    await receive((bytes) => {
      size += bytes.length;
      if (size > READ_MAX) throw new GuestfsError(action, "EFBIG", `${operand}: more than ${READ_MAX} bytes`);
      pieces.push(bytes);
    });
  } catch (error) {
    throw renamed(action, error);
  }
  return Buffer.concat(pieces);
}

/** An error of an action that the library called, as the library function's own. */
export function renamed(action: string, error: unknown): unknown {
  if (!(error instanceof GuestfsError) || error.action === action) return error;
  return new GuestfsError(action, error.errno, error.reason, { cause: error });
}
