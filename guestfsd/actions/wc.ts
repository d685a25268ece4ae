/** Daemon side of schemas/actions/wc.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { failure } from "../errors.ts";
import { withFile } from "../file-reader.ts";

/** Results are signed 32-bit numbers. */
const MAX = 0x7fffffff;

export const wc = {
  wc_l: ({ path }, context) => count("-l", path, context),
  wc_w: ({ path }, context) => count("-w", path, context),
  wc_c: ({ path }, context) => count("-c", path, context),
} satisfies HandlersOf<typeof families.wc, Context>;

function count(option: string, path: string, { sysroot, command }: Context): number {
  const found = Number(withFile(sysroot, path, (fd) => command.check(["wc", option], { fds: { 0: fd } })));
  if (found > MAX) throw failure(path, "EOVERFLOW");
  return found;
}
