/** A plan as the text that the wrapper (gild-hv) evaluates. Pure. */
import { FD } from "../qemu-command.ts";
import { MEMORY_FD, type Plan } from "./plan.ts";

/** The last line: the wrapper evaluates nothing that was cut off. */
const END = "#end";

/** @param restoreArgv program and arguments of a restore, where the plan is one */
export function shellText({ argv, reason, kind, restore }: Plan, restoreArgv: readonly string[]): string {
  const lines: string[] = [];
  if (restore !== undefined) {
    const { state, memory } = restore.template;
    // The files may be gone by now; what has been opened stays.
    lines.push(
      `if command exec ${FD.state}<${quote(state)} ${MEMORY_FD}<>${quote(memory)}; then exec ${command(restoreArgv)}; fi`,
    );
  } else {
    // Where libguestfs reads qemu's messages: seen with -v.
    lines.push(`printf '%s\\n' ${quote(`gild hv: ${kind}: ${reason}`)} >&2`);
  }
  return [...lines, `exec ${command(argv)}`, END].join("\n");
}

function command(argv: readonly string[]): string {
  return argv.map(quote).join(" ");
}

/** A word that a POSIX shell takes as it is. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
