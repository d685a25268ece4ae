/**
 * The only place that starts programs. Three kinds: of the appliance; of the appliance with the guest as root ("walk");
 * of the guest. All synchronous: pipes, poll, waitpid.
 *
 * A program of the guest runs below native/guest-init.c, which is PID 1 of a namespace: when it ends, the kernel kills and
 * reaps every straggler. A "walk" program is loaded from the appliance and then, before its main(), chrooted into the guest by the preloaded
 * library native/enter-root.c. What it loads later would come from the guest: callers keep it from that (LC_ALL=C, tar
 * --numeric-owner).
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";

import { textFromBytes } from "../schemas/index.ts";
import type { CommandOptions, CommandResult, Commands, Sysroot } from "./context.ts";
import { ActionError, errnoCode, fromSystem } from "./errors.ts";
import { errnoText, SystemError } from "./native/errno.ts";
import {
  CLONE_NEWPID,
  closeQuietly,
  open,
  poll,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  setns,
  unshare,
  type PollRequest,
} from "./native/libc.ts";
import { kill, pipe, setNonBlocking, spawn, wait } from "./native/process.ts";
import { placeResolver, withResolver } from "./resolver.ts";

export interface CommandSettings {
  readonly sysroot: Sysroot;
  /** Library that chroots "walk" programs, default /usr/lib/gild/enter-root.so. */
  readonly enterRoot?: string;
  /** Program that is PID 1 around programs of the guest, default /usr/lib/gild/guest-init. */
  readonly guestInit?: string;
  /** The appliance has a network: guest programs get its /etc/resolv.conf. */
  readonly network?: boolean;
  /** The daemon's environment; the appliance's programs inherit it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const ENTER_ROOT = "/usr/lib/gild/enter-root.so";
const GUEST_INIT = "/usr/lib/gild/guest-init";
const PATH = "/sbin:/usr/sbin:/bin:/usr/bin";
const READ_SIZE = 64 * 1024;
/** More would not fit in a reply many times over; keeps a guest's program from filling the memory. */
const OUTPUT_MAX = 32 * 1024 * 1024;
const STDERR_MAX = 64 * 1024;
const SIGKILL = 9;
const CANNOT_EXECUTE = 127;

const GUEST_ENV: Readonly<Record<string, string>> = {
  PATH,
  HOME: "/root",
  SHELL: "/bin/sh",
  LC_ALL: "C",
  TERM: "dumb",
};

export function createCommands(settings: CommandSettings): Commands {
  const { sysroot, guestInit = GUEST_INIT } = settings;
  const inherited = definedOf(settings.env ?? {});

  function start(argv: readonly string[], options: CommandOptions): Child {
    const env: Record<string, string> = { PATH, ...inherited, LC_ALL: "C", ...options.env };
    if (options.root === "walk") {
      sysroot.requireMounted();
      env["LD_PRELOAD"] = settings.enterRoot ?? ENTER_ROOT;
      env["GILD_ENTER_ROOT"] = sysroot.path;
    }
    if (options.proc !== true) return new Child(argv, env, options);
    return new Child([guestInit, "walk", sysroot.path, ...argv], env, options, inPidNamespace);
  }

  function startInGuest(argv: readonly string[], options: CommandOptions): Child {
    const env = { ...GUEST_ENV, ...options.env };
    return new Child([guestInit, "guest", sysroot.path, ...argv], env, options, inPidNamespace);
  }

  return {
    run: (argv, options = {}) => collect(argv, start(argv, options)),

    check(argv, options = {}) {
      const result = collect(argv, start(argv, options));
      if (result.status !== 0) throw failed(argv, result);
      return textFromBytes(result.stdout);
    },

    *stream(argv, options = {}) {
      const end = yield* start(argv, options).output();
      if (end.status !== 0) throw failed(argv, end);
    },

    guest(argv, options = {}) {
      const run = (): CommandResult => collect(argv, startInGuest(argv, options));
      return settings.network === true ? withResolver(sysroot, run) : run();
    },

    *guestStream(argv, options = {}) {
      const undo = settings.network === true ? placeResolver(sysroot) : undefined;
      try {
        const end = yield* startInGuest(argv, options).output();
        if (end.status !== 0) throw failed(argv, end);
      } finally {
        undo?.();
      }
    },
  };
}

/** The error of a program that failed: its stderr, or its status when it said nothing. */
export function failed(argv: readonly string[], { status, stderr }: Omit<CommandResult, "stdout">): ActionError {
  const name = argv[0] ?? "";
  if (stderr !== "") return new ActionError(stderr);
  return new ActionError(
    status > 128 ? `${name}: killed by signal ${status - 128}` : `${name} exited with status ${status}`,
  );
}

/** One started program and its pipes. */
class Child {
  readonly #source: Iterator<Uint8Array> | undefined;
  readonly #stderr: Uint8Array[] = [];
  #stderrSize = 0;
  #pending: Uint8Array = new Uint8Array();
  #pid = -1;
  #in = -1;
  #out = -1;
  #err = -1;
  readonly #failure: CommandResult | undefined;

  constructor(argv: readonly string[], env: Record<string, string>, options: CommandOptions, around = directly) {
    const { stdin } = options;
    if (stdin !== undefined) this.#source = (stdin instanceof Uint8Array ? [stdin] : stdin)[Symbol.iterator]();

    const input = this.#source === undefined ? { read: openSync("/dev/null", "r"), write: -1 } : pipe();
    const output = pipe();
    const errors = pipe();
    try {
      const fds = { 0: input.read, 1: output.write, 2: errors.write, ...options.fds };
      this.#pid = around(() => spawn({ argv, env, fds }));
      [this.#in, this.#out, this.#err] = [input.write, output.read, errors.read];
      if (this.#in !== -1) setNonBlocking(this.#in);
    } catch (error) {
      for (const fd of [input.write, output.read, errors.read]) if (fd !== -1) closeQuietly(fd);
      if (!(error instanceof SystemError) || error.syscall !== "posix_spawnp") throw fromSystem(error, argv[0]);
      const stderr = `${argv[0] ?? ""}: ${errnoText(error.errno)}`;
      this.#failure = { status: CANNOT_EXECUTE, stdout: new Uint8Array(), stderr };
    } finally {
      for (const fd of [input.read, output.write, errors.write]) closeQuietly(fd);
    }
  }

  /** Feeds stdin and gives stdout as it comes; ends when the program did. Killed when left early. */
  *output(): Generator<Uint8Array, Omit<CommandResult, "stdout">> {
    if (this.#failure !== undefined) return this.#failure;
    try {
      while (this.#out !== -1 || this.#err !== -1) {
        const piece = this.#step();
        if (piece !== undefined) yield piece;
      }
      const pid = this.#pid;
      this.#pid = -1;
      const status = wait(pid);
      return { status, stderr: textFromBytes(Buffer.concat(this.#stderr)).trim() };
    } finally {
      this.#end();
    }
  }

  /** One poll and what it allows; gives a piece of stdout if there was one. */
  #step(): Uint8Array | undefined {
    const requests: PollRequest[] = [
      { fd: this.#out, events: POLLIN },
      { fd: this.#err, events: POLLIN },
      { fd: this.#in, events: POLLOUT },
    ];
    const [out = 0, err = 0, into = 0] = poll(requests, -1);
    if ((err & (POLLIN | POLLHUP | POLLERR)) !== 0) this.#readErrors();
    if ((into & POLLERR) !== 0) this.#closeInput();
    else if ((into & POLLOUT) !== 0) this.#feed();
    if ((out & (POLLIN | POLLHUP | POLLERR)) === 0) return undefined;

    const piece = readPiece(this.#out);
    if (piece.length > 0) return piece;
    closeSync(this.#out);
    this.#out = -1;
    return undefined;
  }

  #readErrors(): void {
    const piece = readPiece(this.#err);
    if (piece.length === 0) {
      closeSync(this.#err);
      this.#err = -1;
    }
    if (this.#stderrSize < STDERR_MAX) this.#stderr.push(piece);
    this.#stderrSize += piece.length;
  }

  #feed(): void {
    if (this.#pending.length === 0) {
      const next = this.#source?.next();
      if (next === undefined || next.done === true) {
        this.#closeInput();
        return;
      }
      this.#pending = next.value;
      if (this.#pending.length === 0) return;
    }
    try {
      this.#pending = this.#pending.subarray(writeSync(this.#in, this.#pending));
    } catch (error) {
      const code = errnoCode(error);
      if (code === "EPIPE") this.#closeInput();
      else if (code !== "EAGAIN") throw error;
    }
  }

  #closeInput(): void {
    if (this.#in !== -1) closeSync(this.#in);
    this.#in = -1;
    // What feeds it may be a program too, which would wait for ever to be read.
    this.#source?.return?.();
  }

  #end(): void {
    this.#closeInput();
    for (const fd of [this.#out, this.#err]) if (fd !== -1) closeSync(fd);
    [this.#out, this.#err] = [-1, -1];
    if (this.#pid === -1) return;
    kill(this.#pid, SIGKILL);
    wait(this.#pid);
    this.#pid = -1;
  }
}

const directly = (start: () => number): number => start();

/**
 * Starts a process as PID 1 of a new PID namespace. The namespace is for this thread's next child only; the thread itself
 * stays where it is.
 */
function inPidNamespace(start: () => number): number {
  const own = open("/proc/thread-self/ns/pid", 0);
  try {
    unshare(CLONE_NEWPID);
    try {
      return start();
    } finally {
      setns(own, CLONE_NEWPID);
    }
  } finally {
    closeQuietly(own);
  }
}

function collect(argv: readonly string[], child: Child): CommandResult {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const output = child.output();
  for (;;) {
    const next = output.next();
    if (next.done === true) return { ...next.value, stdout: Buffer.concat(pieces) };
    size += next.value.length;
    if (size > OUTPUT_MAX) {
      output.return({ status: 0, stderr: "" });
      throw new ActionError(`${argv[0] ?? ""}: output is over ${OUTPUT_MAX} bytes`, "EFBIG");
    }
    pieces.push(next.value);
  }
}

function readPiece(fd: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
  return buffer.subarray(0, readSync(fd, buffer, 0, READ_SIZE, null));
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) defined[name] = value;
  return defined;
}
