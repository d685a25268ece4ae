/** Daemon side of schemas/actions/dir.ts. */
import { mkdirSync, rmdirSync, statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, errnoCode, failure } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { withRandomName } from "../random-name.ts";

const TEMPLATE_END = "XXXXXX";

export const dir = {
  mkdir({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => mkdirSync(fsPath(path))));
  },

  mkdir_p({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => makeWithParents(path)));
  },

  mkdir_mode({ path, mode }, { sysroot }) {
    if (mode < 0) throw new ActionError(`${path}: mode is negative`, "EINVAL");
    about(path, () => sysroot.inside(() => mkdirSync(fsPath(path), mode)));
  },

  rmdir({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => rmdirSync(fsPath(path))));
  },

  mkdtemp({ tmpl }, { sysroot }) {
    if (!tmpl.endsWith(TEMPLATE_END))
      throw new ActionError(`${tmpl}: template must end with ${TEMPLATE_END}`, "EINVAL");
    const prefix = tmpl.slice(0, -TEMPLATE_END.length);
    return about(tmpl, () =>
      withRandomName((letters) => {
        sysroot.inside(() => mkdirSync(fsPath(prefix + letters), 0o700));
        return prefix + letters;
      }),
    );
  },
} satisfies HandlersOf<typeof families.dir, Context>;

/** Inside the guest: makes a directory after those that it is in. */
function makeWithParents(path: string): void {
  try {
    mkdirSync(fsPath(path));
  } catch (error) {
    const code = errnoCode(error);
    if (code === "EEXIST") {
      if (!statSync(fsPath(path)).isDirectory()) throw failure(path, "ENOTDIR");
      return;
    }
    const parent = parentOf(path);
    if (code !== "ENOENT" || parent === path) throw error;
    makeWithParents(parent);
    mkdirAgain(path);
  }
}

/** `/a/../b` is there as soon as `/a` is. */
function mkdirAgain(path: string): void {
  try {
    mkdirSync(fsPath(path));
  } catch (error) {
    if (errnoCode(error) !== "EEXIST") throw error;
  }
}

/** By the text alone, as symbolic links are the kernel's to follow. */
function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(0, trimmed.lastIndexOf("/")) || "/";
}
