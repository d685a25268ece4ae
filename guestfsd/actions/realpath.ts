/** Daemon side of schemas/actions/realpath.ts. */
import { opendirSync, readdirSync } from "node:fs";

import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, failure } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";

export const realpath = {
  case_sensitive_path({ path }, { sysroot }) {
    const names = path.split("/").filter((name) => name !== "");
    return sysroot.inside(() => {
      let found = "/";
      for (const [index, name] of names.entries()) {
        const spelt = about(found, () => trueName(found, name));
        if (spelt === undefined && index < names.length - 1) throw failure(join(found, name), "ENOENT");
        found = join(found, spelt ?? name);
      }
      if (path.endsWith("/")) about(found, () => opendirSync(fsPath(found)).closeSync());
      return found;
    });
  },
} satisfies HandlersOf<typeof families.realpath, Context>;

/** Name in a directory that differs from the wanted one in case at most. */
function trueName(directory: string, wanted: string): string | undefined {
  const names = readdirSync(fsPath(directory), { encoding: "buffer" }).map((name) => textFromBytes(name));
  const folded = wanted.toLowerCase();
  return names.find((name) => name === wanted) ?? names.find((name) => name.toLowerCase() === folded);
}
