/** Daemon side of schemas/actions/grep.ts: the appliance's grep on a file that is opened in the guest. */
import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { CommandOptions, Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { withFile } from "../file-reader.ts";
import { lines } from "../text-lines.ts";

interface Options {
  readonly extended?: boolean | undefined;
  readonly fixed?: boolean | undefined;
  readonly insensitive?: boolean | undefined;
  readonly compressed?: boolean | undefined;
}

const NO_LINE = 1;

const insensitive = true;
const compressed = true;
const extended = true;
const fixed = true;

export const grep = {
  grep: ({ regex, path, ...options }, context) => search(regex, path, options, context),
  egrep: ({ regex, path }, context) => search(regex, path, { extended }, context),
  fgrep: ({ pattern, path }, context) => search(pattern, path, { fixed }, context),
  grepi: ({ regex, path }, context) => search(regex, path, { insensitive }, context),
  egrepi: ({ regex, path }, context) => search(regex, path, { extended, insensitive }, context),
  fgrepi: ({ pattern, path }, context) => search(pattern, path, { fixed, insensitive }, context),
  zgrep: ({ regex, path }, context) => search(regex, path, { compressed }, context),
  zegrep: ({ regex, path }, context) => search(regex, path, { extended, compressed }, context),
  zfgrep: ({ pattern, path }, context) => search(pattern, path, { fixed, compressed }, context),
  zgrepi: ({ regex, path }, context) => search(regex, path, { insensitive, compressed }, context),
  zegrepi: ({ regex, path }, context) => search(regex, path, { extended, insensitive, compressed }, context),
  zfgrepi: ({ pattern, path }, context) => search(pattern, path, { fixed, insensitive, compressed }, context),
} satisfies HandlersOf<typeof families.grep, Context>;

function search(pattern: string, path: string, options: Options, { sysroot, command }: Context): string[] {
  if (options.extended === true && options.fixed === true) {
    throw new ActionError("can't use 'extended' and 'fixed' flags at the same time", "EINVAL");
  }
  const argv = ["grep"];
  if (options.extended === true) argv.push("-E");
  if (options.fixed === true) argv.push("-F");
  if (options.insensitive === true) argv.push("-i");
  argv.push("-e", pattern);

  const result = withFile(sysroot, path, (fd) => {
    const file: CommandOptions = { fds: { 0: fd } };
    // With -f what is not compressed comes through as it is.
    const unpacked = (): CommandOptions => ({ stdin: command.stream(["gzip", "-cdfq"], file) });
    return command.run(argv, options.compressed === true ? unpacked() : file);
  });
  if (result.status > NO_LINE) throw failed(argv, result);
  return lines(textFromBytes(result.stdout));
}
