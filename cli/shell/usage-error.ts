/** UsageError: a line of the shell that names no command, or whose words do not fit it. */

export class UsageError extends Error {
  override readonly name = "UsageError";
}
