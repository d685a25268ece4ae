/**
 * Runs programs of the host (qemu-img, tar, ...) with limits on time, memory and output. With launch-direct.ts the only
 * place in engine/ that spawns. No shell reads arguments; programs run with LC_ALL=C and die with this process.
 */
import { spawn } from "node:child_process";

import { dieWithParent } from "./die-with-parent.ts";
import type { Environment } from "./settings.ts";

export interface HostCommandOptions {
  readonly env: Environment;
  /** Wall-clock limit, ms; then SIGKILL. Default 60,000. */
  readonly timeoutMs?: number;
  /** Processor time limit, seconds (RLIMIT_CPU). Default none. */
  readonly cpuSeconds?: number;
  /** Address space limit, bytes (RLIMIT_AS). Default none. */
  readonly memoryBytes?: number;
  /** Most bytes of stdout kept; more is an error. Default 16 MiB. */
  readonly outputMax?: number;
  readonly stdin?: Uint8Array;
  /** Gets stderr as it comes, besides its being kept. */
  readonly onStderr?: (text: string) => void;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HostCommandResult {
  readonly stdout: Uint8Array;
  /** At most the last 64 KiB, as text, end trimmed. */
  readonly stderr: string;
}

export type HostCommandErrorCode = "missing" | "failed" | "timeout" | "too-much-output";

/** A program of the host is not there or failed. */
export class HostCommandError extends Error {
  override readonly name = "HostCommandError";
  readonly code: HostCommandErrorCode;
  readonly program: string;
  readonly stderr: string;

  constructor(code: HostCommandErrorCode, program: string, reason: string, stderr = "", options?: ErrorOptions) {
    super(`${program}: ${reason}`, options);
    this.code = code;
    this.program = program;
    this.stderr = stderr;
  }
}

const STDERR_MAX = 64 * 1024;
const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  "qemu-img": "qemu-utils",
  "qemu-system-x86_64": "qemu-system-x86",
  prlimit: "util-linux",
  setpriv: "util-linux",
  tar: "tar",
  cp: "coreutils",
  "ssh-keygen": "openssh-client",
};

/**
 * Runs a program to its end; it must succeed.
 *
 * @throws HostCommandError; the signal's reason
 */
export async function runHostCommand(
  argv: readonly [program: string, ...args: string[]],
  options: HostCommandOptions,
): Promise<HostCommandResult> {
  options.signal?.throwIfAborted();
  const [program] = argv;
  const [starter, ...args] = dieWithParent([...limits(options), ...argv]);
  const child = spawn(starter, args, {
    cwd: options.cwd,
    env: { ...options.env, LC_ALL: "C", LANGUAGE: "C" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = new Output(options.outputMax ?? 16 * 1024 * 1024);
  let stopped: HostCommandError | { readonly reason: unknown } | undefined;
  const stop = (why: HostCommandError | { readonly reason: unknown }): void => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const onAbort = (): void => stop({ reason: options.signal?.reason });
  options.signal?.addEventListener("abort", onAbort);
  const timeoutMs = options.timeoutMs ?? 60_000;
  const timer = setTimeout(() => {
    stop(new HostCommandError("timeout", program, `not done after ${timeoutMs / 1000} s`, output.stderr));
  }, timeoutMs);

  child.stdout.on("data", (bytes: Uint8Array) => {
    if (!output.add(bytes)) stop(new HostCommandError("too-much-output", program, "too much output", output.stderr));
  });
  child.stderr.on("data", (bytes: Uint8Array) => {
    output.addError(bytes);
    options.onStderr?.(Buffer.from(bytes).toString("utf8"));
  });
  child.stdin.on("error", () => undefined); // a program that does not read all of its input is no failure of ours
  child.stdin.end(options.stdin);

  try {
    const status = await ended(child);
    if (stopped instanceof HostCommandError) throw stopped;
    if (stopped !== undefined) throw stopped.reason;
    if (status !== 0) throw failure(program, status, output.stderr);
    return { stdout: output.stdout, stderr: output.stderr };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

/** " (install it: apt install PACKAGE)" for a program that Debian has, else "". */
export function installHint(program: string): string {
  const name = program.slice(program.lastIndexOf("/") + 1);
  const debianPackage = DEBIAN_PACKAGES[name];
  return debianPackage === undefined ? "" : ` (Debian: apt install ${debianPackage})`;
}

/** prlimit and its options; nothing when there are no limits. */
function limits({ cpuSeconds, memoryBytes }: HostCommandOptions): string[] {
  if (cpuSeconds === undefined && memoryBytes === undefined) return [];
  const words = ["prlimit", "--core=0"];
  if (cpuSeconds !== undefined) words.push(`--cpu=${cpuSeconds}`);
  if (memoryBytes !== undefined) words.push(`--as=${memoryBytes}`);
  return [...words, "--"];
}

function ended(child: ReturnType<typeof spawn>): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) =>
      reject(
        new HostCommandError("missing", "setpriv", `cannot be run${installHint("setpriv")}`, "", { cause: error }),
      ),
    );
    child.on("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
}

function failure(program: string, status: number | string, stderr: string): HostCommandError {
  // The shell and prlimit exit with 127 (or 126) when the program is not there (or may not be executed).
  if (status === 127 || status === 126) {
    return new HostCommandError("missing", program, `not found${installHint(program)}`, stderr);
  }
  const how = typeof status === "number" ? `exit status ${status}` : `killed by ${status}`;
  return new HostCommandError("failed", program, stderr === "" ? how : `${how}: ${stderr}`, stderr);
}

/** stdout up to a maximum, and the end of stderr. */
class Output {
  readonly #max: number;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #errors = Buffer.alloc(0);

  constructor(max: number) {
    this.#max = max;
  }

  add(bytes: Uint8Array): boolean {
    this.#size += bytes.length;
    if (this.#size > this.#max) return false;
    this.#pieces.push(bytes);
    return true;
  }

  addError(bytes: Uint8Array): void {
    this.#errors = Buffer.concat([this.#errors, bytes]).subarray(-STDERR_MAX);
  }

  get stdout(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  get stderr(): string {
    return this.#errors.toString("utf8").trimEnd();
  }
}
