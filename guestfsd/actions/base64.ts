/** Daemon side of schemas/actions/base64.ts. */
import { closeSync, constants, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { openFile } from "../file-reader.ts";

const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;
const NEW_FILE_MODE = 0o666;

export const base64 = {
  base64_in({ filename }, context) {
    const open = (): number =>
      openSync(fsPath(filename), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_NONBLOCK, NEW_FILE_MODE);
    const fd = about(filename, () => context.sysroot.inside(open));
    try {
      context.command.check(["base64", "-di"], { stdin: context.chunks(), fds: { 1: fd } });
    } finally {
      closeSync(fd);
    }
  },

  *base64_out({ filename }, { sysroot, command }) {
    const fd = about(filename, () => openFile(sysroot, filename));
    try {
      yield* command.stream(["base64"], { fds: { 0: fd } });
    } finally {
      closeSync(fd);
    }
  },
} satisfies HandlersOf<typeof families.base64, Context>;
