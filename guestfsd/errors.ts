/** ActionError: what a handler throws; serve.ts turns it into an ERROR reply. */

export class ActionError extends Error {
  override readonly name = "ActionError";
  /** Symbolic errno ("ENOENT"), "" when none fits. */
  readonly errno: string;

  constructor(message: string, errno = "", options?: ErrorOptions) {
    super(message, options);
    this.errno = errno;
  }
}
