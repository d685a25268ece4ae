/** Daemon side of schemas/actions/sh.ts. */
import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { lines } from "../text-lines.ts";

export const sh = {
  command: ({ arguments: argv }, context) => run(argv, context),
  command_lines: ({ arguments: argv }, context) => lines(run(argv, context)),
  sh: ({ command }, context) => run(["/bin/sh", "-c", command], context),
  sh_lines: ({ command }, context) => lines(run(["/bin/sh", "-c", command], context)),
  command_out: ({ arguments: argv }, context) => stream(argv, context),
  sh_out: ({ command }, context) => stream(["/bin/sh", "-c", command], context),
} satisfies HandlersOf<typeof families.sh, Context>;

function stream(argv: readonly string[], { sysroot, command }: Context): Iterable<Uint8Array> {
  sysroot.requireMounted();
  requireProgram(argv);
  return command.guestStream(argv);
}

function run(argv: readonly string[], { sysroot, command }: Context): string {
  sysroot.requireMounted();
  requireProgram(argv);
  const result = command.guest(argv);
  if (result.status !== 0) throw failed(argv, result);
  return textFromBytes(result.stdout);
}

function requireProgram(argv: readonly string[]): void {
  if (argv.length === 0) throw new ActionError("passed an empty list", "EINVAL");
}
