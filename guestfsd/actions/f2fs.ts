/** Daemon side of schemas/actions/f2fs.ts. */
import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";

export const f2fs = {
  f2fs_expand({ device }, { command }) {
    const argv = ["resize.f2fs", device];
    const result = command.run(argv);
    // It complains on its standard output.
    const said = `${textFromBytes(result.stdout)}\n${result.stderr}`.trim();
    if (result.status !== 0) throw failed(argv, { ...result, stderr: said });
  },
} satisfies HandlersOf<typeof families.f2fs, Context>;
