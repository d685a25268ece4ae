/**
 * Runs one host program for the appliance build and waits for it.
 * Captures what it says on standard error for the error message; does not know which programs exist (prerequisites.json does).
 */
import { spawn } from "node:child_process";

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the program's standard input, which is then closed. Without it, standard input is empty. */
  readonly input?: Uint8Array | string;
}

/** A program that ended with another status than 0, or could not be started. */
export class RunError extends Error {
  override readonly name = "RunError";
}

const ERROR_TAIL_CHARACTERS = 4000;

/**
 * Runs a program to its end.
 * @param argv program (found through PATH) and its arguments
 * @returns its standard output, bytes
 * @throws RunError with the end of what it wrote to standard error
 */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Buffer> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: "pipe" });
    const output: Buffer[] = [];
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-ERROR_TAIL_CHARACTERS)));
    child.on("error", (cause) => reject(new RunError(`run: ${program}: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new RunError(`run: ${program}: ended with ${signal ?? `status ${code}`}\n${errors}`));
    });
    // A program that ends without reading its input closes the pipe: its status tells, not EPIPE.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}
