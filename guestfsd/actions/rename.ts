/** Daemon side of schemas/actions/rename.ts. */
import { renameSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { fsPath } from "../file-name.ts";

export const rename = {
  rename({ oldpath, newpath }, { sysroot }) {
    about(`${oldpath}: ${newpath}`, () => sysroot.inside(() => renameSync(fsPath(oldpath), fsPath(newpath))));
  },
} satisfies HandlersOf<typeof families.rename, Context>;
