/** RunError: a run that cannot go on for a reason that lies in the image, the guest or the host, not in one step. */

/** Closed list of reasons; the text of the message is for people. */
export type RunErrorCode =
  | "no-os"
  | "many-os"
  | "root-unknown"
  | "image-missing"
  | "image-kind"
  | "image-format"
  | "image-refused"
  | "image-changed"
  /** Something else stands where an interrupted commit must put the image back. */
  | "image-conflict"
  | "image-too-small"
  | "no-space"
  | "overlay-damaged"
  | "record-damaged"
  /** A kept run that is none. */
  | "kept-damaged"
  /** `--from-step` names no step of the recipe. */
  | "step-missing"
  /** A commit could not begin: the images are as they were. */
  | "commit-failed"
  /** A commit was interrupted after its record was written: `gild recover` finishes it. */
  | "commit-unfinished"
  /** A saved plan that is none, or was changed after it was written. */
  | "plan-damaged"
  /** What a saved plan was made from is not so any more. */
  | "plan-stale"
  | "plan-signature"
  /** A file of the host changed while a plan was made from it. */
  | "input-changed"
  | "output-exists"
  | "output-kind"
  | "output-count"
  | "guest-too-large"
  | "guest-unreadable"
  | "not-yet";

export class RunError extends Error {
  override readonly name = "RunError";
  readonly code: RunErrorCode;

  constructor(code: RunErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
