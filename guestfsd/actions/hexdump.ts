/** Daemon side of schemas/actions/hexdump.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { withFile } from "../file-reader.ts";

export const hexdump = {
  hexdump: ({ path }, { sysroot, command }) =>
    withFile(sysroot, path, (fd) => command.check(["hexdump", "-C"], { fds: { 0: fd } })),
} satisfies HandlersOf<typeof families.hexdump, Context>;
