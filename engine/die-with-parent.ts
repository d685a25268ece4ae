/** A command line whose program ends with the process that starts it, even when that is killed. Starts nothing. */

/** The parent may have been killed before the kernel was told: no signal comes then, and somebody else is the parent. */
const IF_PARENT_LIVES = '[ "$PPID" = "$0" ] || exit 1; exec "$@"';

/** @returns argv for spawn(); ends with status 127 when the program is not there, 126 when it may not be executed */
export function dieWithParent(argv: readonly string[]): [program: string, ...args: string[]] {
  return ["setpriv", "--pdeathsig", "KILL", "--", "/bin/sh", "-c", IF_PARENT_LIVES, String(process.pid), ...argv];
}
