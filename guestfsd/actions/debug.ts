/** Daemon side of schemas/actions/debug.ts. Everything here is about the appliance: no path is the guest's. */
import { closeSync, fchmodSync, openSync, readdirSync, readlinkSync, writeSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { ChannelClosedError } from "../channel.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";

type Subcommand = (args: readonly string[], context: Context) => string;

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  env: () =>
    Object.entries(process.env)
      .map(([name, value]) => `${name}=${value ?? ""}\n`)
      .join(""),
  error,
  fds,
  help: () =>
    `Commands supported: help env error LENGTH fds ls PATH... ll PATH... print TEXT... progress SECONDS sh COMMAND...\n`,
  ll: (args, { command }) => command.check(["ls", "-la", "--", ...args]),
  ls: (args, { command }) => command.check(["ls", "-a", "--", ...args]),
  print,
  progress,
  sh: (args, { command }) => command.check(["/bin/sh", "-c", needed(args).join(" ")]),
};
/** About the files of the appliance: not for a folder on a host that stands for the guest. */
const ONLY_IN_APPLIANCE: readonly string[] = ["ll", "ls", "sh"];

const ERROR_MAX = 64 * 1024;
const PIECES_MAX = 1000;
const STEPS_PER_SECOND = 10;

export const debug = {
  debug({ subcmd, extraargs }, context) {
    const subcommand = Object.hasOwn(SUBCOMMANDS, subcmd) ? SUBCOMMANDS[subcmd] : undefined;
    if (subcommand === undefined) throw new ActionError(`${subcmd}: no such command, see 'debug help 0'`, "EINVAL");
    if (ONLY_IN_APPLIANCE.includes(subcmd)) requireAppliance(context);
    return subcommand(extraargs, context);
  },

  debug_upload: (args, context) => upload(args, context),
  internal_upload: (args, context) => upload(args, context),

  internal_rhbz914931({ count }, context) {
    if (count < 0 || count > PIECES_MAX) throw new ActionError(`${count}: count out of range`, "EINVAL");
    const pieces = context.chunks()[Symbol.iterator]();
    for (let read = 0; read < count && pieces.next().done !== true; read++);
    throw new ActionError("failed on purpose");
  },

  internal_exit() {
    throw new ChannelClosedError("internal_exit");
  },
} satisfies HandlersOf<typeof families.debug, Context>;

function requireAppliance({ sysroot }: Context): void {
  if (sysroot.standalone) throw new ActionError("not where a folder stands for the guest", "EINVAL");
}

function upload({ tmpname, mode }: { readonly tmpname: string; readonly mode: number }, context: Context): undefined {
  if (mode < 0 || mode > 0o777) throw new ActionError(`${mode}: mode is negative or too large`, "EINVAL");
  requireAppliance(context);
  about(tmpname, () => {
    const fd = openSync(fsPath(tmpname), "w", mode);
    try {
      for (const chunk of context.chunks()) {
        for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done);
      }
      // Whatever the umask, and for a file that was there.
      fchmodSync(fd, mode);
    } finally {
      closeSync(fd);
    }
  });
}

function needed(args: readonly string[]): readonly string[] {
  if (args.length === 0) throw new ActionError("expecting an argument", "EINVAL");
  return args;
}

/** A message of some length, to see how long ones come through. */
function error([length = ""]: readonly string[]): never {
  const size = Number(length);
  if (!Number.isInteger(size) || size < 0 || size > ERROR_MAX) {
    throw new ActionError("expecting one argument: length of the error message", "EINVAL");
  }
  throw new ActionError("a".repeat(size));
}

/** Open descriptors and what they lead to. */
function fds(): string {
  const lines = readdirSync("/proc/thread-self/fd").map((fd) => {
    try {
      return `${fd} ${readlinkSync(`/proc/thread-self/fd/${fd}`)}\n`;
    } catch {
      // The one that listed the others.
      return "";
    }
  });
  return lines.join("");
}

function print(args: readonly string[], context: Context): string {
  context.log(args.join(" "));
  return "ok";
}

/** Reports progress for some seconds. */
function progress([seconds = ""]: readonly string[], context: Context): string {
  const steps = Number(seconds) * STEPS_PER_SECOND;
  if (!Number.isInteger(steps) || steps <= 0) {
    throw new ActionError("progress: argument is 0, less than 0, or too large", "EINVAL");
  }
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let step = 0; step < steps; step++) {
    context.progress(step, steps);
    Atomics.wait(nobody, 0, 0, 1000 / STEPS_PER_SECOND);
  }
  return "ok";
}
