/**
 * The command's way to the world: its streams, environment and exit code, given by main.ts so that tests can give others.
 * The only writer of output.
 */

/** Exit codes of `plan` and `apply`; every other command uses OK, ERROR and INVALID_RECIPE. */
export const EXIT = { OK: 0, ERROR: 1, CHANGES_PENDING: 2, INVALID_RECIPE: 3, STALE_PLAN: 4 } as const;

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** True when standard error is a terminal: progress is drawn in place. */
  readonly terminal: boolean;
  /** True when standard output wants colour. */
  readonly colour: boolean;
  /** --verbose. */
  readonly verbose?: boolean;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Asks on the terminal; absent where there is none. `secret` hides what is typed. */
  readonly prompt?: (question: string, secret: boolean) => Promise<string>;
  out(text: string): void;
  err(text: string): void;
  /** Ends the command with this code once everything is cleaned up. */
  exit(code: number): void;
}

/** A failure whose text is all that the user needs: printed without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.ERROR, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
