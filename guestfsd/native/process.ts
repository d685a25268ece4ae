/**
 * Processes through posix_spawn(3): start one with given descriptors, wait for it, pipes. Node's own child processes need
 * the event loop, which the daemon does not run. What is started, and in which root, is command.ts's matter.
 */
import koffi from "koffi";

import { bytesFromText } from "../../schemas/index.ts";
import { checked, lastErrno, SystemError } from "./errno.ts";
import { cString } from "./libc.ts";

const libc = koffi.load("libc.so.6");

const c: {
  readonly spawnp: (
    pid: Int32Array,
    file: Uint8Array,
    actions: Uint8Array,
    attributes: Uint8Array,
    argv: Uint8Array,
    envp: Uint8Array,
  ) => number;
  readonly actionsInit: (actions: Uint8Array) => number;
  readonly actionsDestroy: (actions: Uint8Array) => number;
  readonly addDup2: (actions: Uint8Array, from: number, to: number) => number;
  readonly attrInit: (attributes: Uint8Array) => number;
  readonly attrFlags: (attributes: Uint8Array, flags: number) => number;
  readonly attrDefault: (attributes: Uint8Array, signals: Uint8Array) => number;
  readonly attrMask: (attributes: Uint8Array, signals: Uint8Array) => number;
  readonly waitpid: (pid: number, status: Int32Array, options: number) => number;
  readonly pipe2: (fds: Int32Array, flags: number) => number;
  readonly fcntl: (fd: number, command: number, type: "int", argument: number) => number;
  readonly kill: (pid: number, signal: number) => number;
} = {
  spawnp: libc.func(
    "int posix_spawnp(void *pid, const void *file, const void *actions, const void *attributes, const void *argv, const void *envp)",
  ),
  actionsInit: libc.func("int posix_spawn_file_actions_init(void *actions)"),
  actionsDestroy: libc.func("int posix_spawn_file_actions_destroy(void *actions)"),
  addDup2: libc.func("int posix_spawn_file_actions_adddup2(void *actions, int from, int to)"),
  attrInit: libc.func("int posix_spawnattr_init(void *attributes)"),
  attrFlags: libc.func("int posix_spawnattr_setflags(void *attributes, short flags)"),
  attrDefault: libc.func("int posix_spawnattr_setsigdefault(void *attributes, const void *signals)"),
  attrMask: libc.func("int posix_spawnattr_setsigmask(void *attributes, const void *signals)"),
  waitpid: libc.func("int waitpid(int pid, void *status, int options)"),
  pipe2: libc.func("int pipe2(void *fds, int flags)"),
  fcntl: libc.func("int fcntl(int fd, int command, ...)"),
  kill: libc.func("int kill(int pid, int signal)"),
};

// Sizes of glibc's structs on x86-64, rounded up: posix_spawn_file_actions_t 80, posix_spawnattr_t 336, sigset_t 128.
const ACTIONS_SIZE = 128;
const ATTRIBUTES_SIZE = 512;
const SIGSET_SIZE = 128;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const O_NONBLOCK = 0x800;
const O_CLOEXEC = 0x80000;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
const PIPE_SIZE = 256 * 1024;
const EINTR = 4;

export interface SpawnRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Descriptors of the child by its own numbers; must hold 0, 1 and 2. All others close on exec. */
  readonly fds: Readonly<Record<number, number>>;
  /** Makes the child the leader of a session of its own. */
  readonly newSession?: boolean;
}

/**
 * Starts a program, found through PATH of this process in the root of this thread. Signals are at their defaults in it.
 *
 * @returns the pid
 * @throws SystemError when it cannot be executed
 */
export function spawn(request: SpawnRequest): number {
  const program = request.argv[0];
  if (program === undefined) throw new SystemError(22, "posix_spawnp");

  const pid = new Int32Array(1);
  const actions = new Uint8Array(ACTIONS_SIZE);
  const attributes = new Uint8Array(ATTRIBUTES_SIZE);
  c.actionsInit(actions);
  try {
    for (const [target, source] of Object.entries(request.fds)) c.addDup2(actions, source, Number(target));
    c.attrInit(attributes);
    c.attrDefault(attributes, new Uint8Array(SIGSET_SIZE).fill(0xff));
    c.attrMask(attributes, new Uint8Array(SIGSET_SIZE));
    const session = request.newSession === true ? POSIX_SPAWN_SETSID : 0;
    c.attrFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session);

    const argv = new StringVector(request.argv);
    const envp = new StringVector(Object.entries(request.env).map(([name, value]) => `${name}=${value}`));
    const errno = c.spawnp(pid, cString(program), actions, attributes, argv.pointers, envp.pointers);
    // The vectors hold the strings' addresses: they must live until here.
    argv.keep();
    envp.keep();
    if (errno !== 0) throw new SystemError(errno, "posix_spawnp");
  } finally {
    c.actionsDestroy(actions);
  }
  return pid[0] ?? -1;
}

/** Waits for one child: its exit status, or 128 + signal number. */
export function wait(pid: number): number {
  const status = new Int32Array(1);
  while (c.waitpid(pid, status, 0) === -1) {
    const errno = lastErrno();
    if (errno !== EINTR) throw new SystemError(errno, "waitpid");
  }
  const word = status[0] ?? 0;
  const signal = word & 0x7f;
  return signal === 0 ? (word >> 8) & 0xff : 128 + signal;
}

/** Sends a signal; a process that is gone is no error. */
export function kill(pid: number, signal: number): void {
  c.kill(pid, signal);
}

export interface Pipe {
  readonly read: number;
  readonly write: number;
}

/** A pipe, both ends close-on-exec and blocking. It holds 256 KiB where that is allowed, for fewer changes between processes. */
export function pipe(): Pipe {
  const fds = new Int32Array(2);
  checked(c.pipe2(fds, O_CLOEXEC), "pipe2");
  c.fcntl(fds[0] ?? -1, F_SETPIPE_SZ, "int", PIPE_SIZE);
  return { read: fds[0] ?? -1, write: fds[1] ?? -1 };
}

export function setNonBlocking(fd: number): void {
  const flags = checked(c.fcntl(fd, F_GETFL, "int", 0), "fcntl");
  checked(c.fcntl(fd, F_SETFL, "int", flags | O_NONBLOCK), "fcntl");
}

/** A C vector of strings ending in NULL. */
class StringVector {
  readonly pointers: Uint8Array;
  readonly #text: Uint8Array;

  constructor(strings: readonly string[]) {
    const encoded = strings.map((text) => bytesFromText(text));
    const size = encoded.reduce((sum, bytes) => sum + bytes.length + 1, 0);
    // Larger than what V8 keeps in its own, moving heap.
    this.#text = new Uint8Array(Math.max(size, 128));
    const base = koffi.address(this.#text);
    const pointers = new BigUint64Array(strings.length + 1);
    let offset = 0;
    for (const [index, bytes] of encoded.entries()) {
      this.#text.set(bytes, offset);
      pointers[index] = base + BigInt(offset);
      offset += bytes.length + 1;
    }
    this.pointers = new Uint8Array(pointers.buffer);
  }

  keep(): number {
    return this.#text.length;
  }
}
