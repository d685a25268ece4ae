/**
 * What the engine throws. One class per boundary: the daemon said no (GuestfsError), the appliance is not there or is gone
 * (LaunchError), the handle was used wrongly (HandleError). Wrong bytes are schemas' ProtocolError; a failing step is
 * StepError (pipeline).
 */

/** The daemon refused or failed a call, or a local file of a transfer did. The connection is fine, the handle READY. */
export class GuestfsError extends Error {
  override readonly name = "GuestfsError";
  /** Action that failed, libguestfs name. */
  readonly action: string;
  /** Symbolic errno (`ENOENT`), "" when the daemon gave none. */
  readonly errno: string;
  /** The daemon's text alone, without the action. */
  readonly reason: string;

  constructor(action: string, errno: string, reason: string, options?: ErrorOptions) {
    super(`${action}: ${reason}`, options);
    this.action = action;
    this.errno = errno;
    this.reason = reason;
  }
}

export type LaunchErrorCode =
  /** The hypervisor program is not there or may not be executed. */
  | "qemu-missing"
  /** No appliance where one is looked for. */
  | "appliance-missing"
  /** What is there is no appliance. */
  | "appliance-invalid"
  /** A setting (`GILD_*`) has a value that cannot be used. */
  | "bad-setting"
  /** A drive cannot be opened: missing, no permission, or in use by another program. */
  | "drive-unusable"
  /** qemu or the daemon ended before it was ready. */
  | "launch-failed"
  /** Somebody killed qemu before it was ready: a user, or the kernel for want of memory. */
  | "launch-killed"
  /** No VM can be restored from a template; launch() then boots one and does not throw this. */
  | "template-unusable"
  /** The launch took longer than allowed. */
  | "launch-timeout"
  /** The appliance ended in the middle of the work. */
  | "appliance-ended"
  /** qemu did not end well when it was asked to. */
  | "shutdown-failed"
  /** The connection was closed, by close() or by an earlier error. */
  | "closed";

/** qemu or the appliance failed. Carries the last console lines, which are also in the message. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  readonly code: LaunchErrorCode;
  /** Last lines of console and qemu output, oldest first. Bytes of the appliance: escape before showing on a terminal. */
  readonly console: readonly string[];

  constructor(
    code: LaunchErrorCode,
    message: string,
    options?: ErrorOptions & { readonly console?: readonly string[] },
  ) {
    const lines = options?.console ?? [];
    const tail = lines.length > 0 ? `\nlast console lines:\n${lines.map((line) => `  ${line}`).join("\n")}` : "";
    super(message + tail, options);
    this.code = code;
    this.console = lines;
  }
}

export type HandleErrorCode =
  /** The call is not allowed in the handle's state. */
  | "wrong-state"
  /** An argument of a handle function cannot be used. */
  | "bad-argument";

/** The handle was used wrongly: a mistake of the program that uses it. */
export class HandleError extends Error {
  override readonly name = "HandleError";
  readonly code: HandleErrorCode;

  constructor(code: HandleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** errno name of a Node.js system error, "" for anything else. */
export function errnoOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
