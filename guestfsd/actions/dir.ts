/** Daemon side of schemas/actions/dir.ts. */
import { mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";

import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, errnoCode, failure } from "../errors.ts";
import { fsPath } from "../file-name.ts";

const TEMPLATE_END = "XXXXXX";

export const dir = {
  mkdir({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => mkdirSync(fsPath(path))));
  },

  mkdir_p({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => makeWithParents(path)));
  },

  mkdir_mode({ path, mode }, { sysroot }) {
    about(path, () => sysroot.inside(() => mkdirSync(fsPath(path), mode)));
  },

  rmdir({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => rmdirSync(fsPath(path))));
  },

  mkdtemp({ tmpl }, { sysroot }) {
    if (!tmpl.endsWith(TEMPLATE_END))
      throw new ActionError(`${tmpl}: template must end with ${TEMPLATE_END}`, "EINVAL");
    // Node takes bytes here too (since 20.6); its types do not know.
    const prefix = fsPath(tmpl.slice(0, -TEMPLATE_END.length)) as string;
    // mkdtemp(3) of libc: its names come from getrandom(2), so a restored appliance does not repeat them.
    return about(tmpl, () => sysroot.inside(() => textFromBytes(mkdtempSync(prefix, { encoding: "buffer" }))));
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
