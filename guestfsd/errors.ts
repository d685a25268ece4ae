/**
 * ActionError: what a handler throws; dispatch.ts turns it into an ERROR reply. And the way from a failed system call to
 * one: `operand: strerror text`, with glibc's wording, which existing tools show.
 */
import { ProtocolError } from "../schemas/index.ts";
import { errnoName, errnoNumber, errnoText, protocolErrno, SystemError } from "./native/errno.ts";

export class ActionError extends Error {
  override readonly name = "ActionError";
  /** Symbolic errno as on the wire ("ENOENT", "ENOTSUP"), "" when none fits. */
  readonly errno: string;

  constructor(message: string, errno = "", options?: ErrorOptions) {
    super(message, options);
    this.errno = errno;
  }
}

/** Nothing may run any more: the thread's root is lost, the channel is gone. Never caught but in main.ts. */
export class FatalError extends Error {
  override readonly name: string = "FatalError";
}

/**
 * The ActionError for anything that a system call threw; an ActionError is given back as it is.
 *
 * @param error what was caught: Node's errno exception, SystemError, or any other
 * @param operand what the call was about, usually the path; "" for none
 * @throws FatalError, ProtocolError as they are: they end the daemon
 */
export function fromSystem(error: unknown, operand = ""): ActionError {
  if (error instanceof ActionError) return error;
  if (error instanceof FatalError || error instanceof ProtocolError) throw error;
  const code = errnoCode(error);
  const number = code === undefined ? undefined : errnoNumber(code);
  const prefix = operand === "" ? "" : `${operand}: `;
  if (code === undefined || number === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return new ActionError(`${prefix}${reason}`, "", { cause: error });
  }
  return new ActionError(`${prefix}${errnoText(number)}`, protocolErrno(code), { cause: error });
}

/** Runs `body`; what it throws becomes an ActionError about `operand`. */
export function about<T>(operand: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw fromSystem(error, operand);
  }
}

/** An ActionError with the text of an errno: `failure("/x", "ENOTDIR")` is "/x: Not a directory". */
export function failure(operand: string, code: string): ActionError {
  return fromSystem(new SystemError(errnoNumber(code) ?? 22, ""), operand);
}

/** Kernel name of the errno of a failed system call, undefined for other errors. */
export function errnoCode(error: unknown): string | undefined {
  if (error instanceof SystemError) return error.code;
  if (error instanceof ActionError) return error.errno === "" ? undefined : error.errno;
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  // Node's own argument checks: a path with a NUL byte, and the like.
  if (error.code.startsWith("ERR_")) return "EINVAL";
  if (!("syscall" in error)) return undefined;
  if (error.code !== "UNKNOWN" || !("errno" in error) || typeof error.errno !== "number") return error.code;
  // libuv has names for some errnos only; the negative number is always there.
  return errnoName(-error.errno);
}
