/** ProtocolError: the bytes of the peer are wrong, and the connection cannot be used any more. */

export type ProtocolErrorCode =
  | "BAD_LENGTH"
  | "BAD_HEADER"
  | "BAD_BODY"
  | "BAD_CHUNK"
  | "BAD_PROGRESS"
  | "WRONG_PROGRAM"
  | "WRONG_VERSION"
  | "WRONG_DIRECTION"
  | "WRONG_PROCEDURE"
  | "WRONG_SERIAL"
  | "WRONG_STATUS"
  | "UNEXPECTED_FLAG"
  | "TRUNCATED";

export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Runs a decoder; whatever it throws becomes a ProtocolError with this code. */
export function decoding<T>(code: ProtocolErrorCode, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProtocolError(code, `${what}: ${reason}`, { cause: error });
  }
}
