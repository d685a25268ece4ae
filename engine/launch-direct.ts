/**
 * The `direct` backend: starts qemu with its sockets, captures its console. qemu dies with this process, even
 * when that is killed (die-with-parent.ts). Speaks no protocol (client.ts), chooses nothing (handle.ts).
 */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { Socket } from "node:net";
import { isAbsolute, join } from "node:path";

import type { ConsoleLog } from "./console-log.ts";
import { dieWithParent } from "./die-with-parent.ts";
import { LaunchError } from "./errors.ts";
import { installHint } from "./host-command.ts";
import { FD } from "./qemu-command.ts";
import type { Environment } from "./settings.ts";

/** How a program ended: exit status, or the signal's name. */
export type ExitStatus = number | string;

/** Runs a program to its end with no input and output; undefined when it was killed at the limit (ms). */
export type RunGuest = (argv: readonly string[], limitMs: number) => Promise<ExitStatus | undefined>;

export interface QemuProcess {
  readonly pid: number;
  /** Our ends of the sockets that qemu inherited (qemu-command.ts, FD). */
  readonly sockets: QemuSockets;
  /** Set once it has ended. */
  readonly status: ExitStatus | undefined;
  /** Resolves when it has ended and its console was read to the end. */
  readonly ended: Promise<ExitStatus>;
  /** No effect when it has ended. */
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

export interface QemuSockets {
  readonly qmp: Socket;
  readonly channel: Socket;
  readonly restore: Socket;
}

/** Absolute path of the hypervisor. @throws LaunchError qemu-missing */
export function findHypervisor(hv: string, env: Environment): string {
  const folders = (env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(":").filter(isAbsolute);
  const candidates = hv.includes("/") ? [hv] : folders.map((folder) => join(folder, hv));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new LaunchError("qemu-missing", `launch: ${hv}: not found${installHint(hv)}`);
}

export interface StartOptions {
  readonly env: Environment;
  /** Where qemu may put its own temporary files. */
  readonly tmpdir: string;
  readonly log: ConsoleLog;
  /** Open file that qemu gets as descriptor FD.state. */
  readonly state?: number;
  /** In a process group of its own. Default false. */
  readonly pgroup?: boolean;
}

/** Starts qemu. @throws LaunchError qemu-missing */
export async function startQemu(argv: readonly string[], options: StartOptions): Promise<QemuProcess> {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", options.state ?? "ignore", "pipe", "pipe", "pipe"];
  const child = spawnGuest(argv, { ...options.env, TMPDIR: options.tmpdir, LC_ALL: "C" }, stdio, options.pgroup);
  child.stdout?.on("data", (bytes: Uint8Array) => options.log.add(bytes));
  child.stderr?.on("data", (bytes: Uint8Array) => options.log.add(bytes));
  const ended = exitOf(child);
  const pid = await started(child);
  let status: ExitStatus | undefined;
  const tracked = ended.then((value) => {
    status = value;
    return value;
  });
  return {
    pid,
    sockets: socketsOf(child),
    ended: tracked,
    get status() {
      return status;
    },
    kill(signal) {
      if (status === undefined) child.kill(signal);
    },
  };
}

/** See {@link RunGuest}. @throws LaunchError qemu-missing */
export async function runGuest(argv: readonly string[], limitMs: number): Promise<ExitStatus | undefined> {
  const child = spawnGuest(argv, { LC_ALL: "C" }, "ignore");
  const ended = exitOf(child);
  await started(child);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitMs);
  const status = await ended;
  clearTimeout(timer);
  return late ? undefined : status;
}

function spawnGuest(
  argv: readonly string[],
  env: Environment,
  stdio: StdioOptions,
  detached: boolean = false,
): ChildProcess {
  const [program, ...args] = dieWithParent(argv);
  return spawn(program, args, {
    env: { ...env, PATH: env["PATH"] ?? "/usr/bin:/bin" },
    stdio,
    detached,
  });
}

function socketsOf(child: ChildProcess): QemuSockets {
  const socket = (fd: number): Socket => {
    const found = child.stdio[fd];
    if (!(found instanceof Socket)) throw new TypeError(`descriptor ${fd} is no socket`);
    // A qemu that has ended shows as the end of the stream; a write that comes too late is no error of its own.
    found.on("error", () => undefined);
    return found;
  };
  return { qmp: socket(FD.qmp), channel: socket(FD.channel), restore: socket(FD.restore) };
}

function exitOf(child: ChildProcess): Promise<ExitStatus> {
  return new Promise((resolve) => {
    child.on("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
  });
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid ?? 0));
    child.once("error", (cause) => {
      reject(new LaunchError("qemu-missing", `launch: setpriv: cannot be run${installHint("setpriv")}`, { cause }));
    });
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
