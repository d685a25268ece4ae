/** Daemon side of schemas/actions/headtail.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { withFile } from "../file-reader.ts";
import { lines } from "../text-lines.ts";

const USUAL = 10;

export const headtail = {
  head: ({ path }, context) => read(["head", "-n", String(USUAL)], path, context),
  head_n: ({ nrlines, path }, context) => read(["head", "-n", String(nrlines)], path, context),
  tail: ({ path }, context) => read(["tail", "-n", String(USUAL)], path, context),
  // A sign has another meaning to tail: +N begins with line N.
  tail_n: ({ nrlines, path }, context) =>
    read(["tail", "-n", nrlines < 0 ? `+${-nrlines}` : String(nrlines)], path, context),
} satisfies HandlersOf<typeof families.headtail, Context>;

function read(argv: readonly string[], path: string, { sysroot, command }: Context): string[] {
  return lines(withFile(sysroot, path, (fd) => command.check(argv, { fds: { 0: fd } })));
}
