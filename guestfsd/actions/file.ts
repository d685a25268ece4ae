/** Daemon side of schemas/actions/file.ts. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  lchownSync,
  lstatSync,
  openSync,
  realpathSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";

import { bytesFromText, textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, ActionError, errnoCode } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { lutimens, UTIME_NOW, UTIME_OMIT, type TimeSpec } from "../native/libc.ts";
import { removeTree } from "../tree-remover.ts";

const NOW: TimeSpec = { sec: 0n, nsec: UTIME_NOW };
const NEW_FILE_MODE = 0o666;
/** A pipe without reader is an error then, not an endless wait. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOCTTY | constants.O_NONBLOCK;

export const file = {
  touch({ path }, { sysroot }) {
    about(path, () =>
      sysroot.inside(() => {
        const stats = lstatSync(fsPath(path), { throwIfNoEntry: false });
        if (stats === undefined) closeSync(openSync(fsPath(path), WRITE | constants.O_EXCL, NEW_FILE_MODE));
        else if (stats.isFile()) lutimens(path, NOW, NOW);
        else throw new ActionError(`${path}: touch can only be used on a regular file`, "EINVAL");
      }),
    );
  },

  rm({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => unlinkSync(fsPath(path))));
  },

  rm_f({ path }, { sysroot }) {
    about(path, () => sysroot.inside(() => unlinkIfThere(path)));
  },

  rm_rf({ path }, { sysroot, command }) {
    const trimmed = withoutSlashes(path);
    if (trimmed === "/") throw new ActionError("cannot remove the root directory", "EINVAL");
    if (/\/\.{1,2}$/.test(trimmed)) throw new ActionError(`${path}: cannot remove . or ..`, "EINVAL");
    try {
      about(path, () => sysroot.inside(() => remove(trimmed)));
    } catch (error) {
      if (errnoCode(error) !== "ENAMETOOLONG") throw error;
      // A tree deeper than a path may be long: rm goes down step by step.
      command.check(["rm", "-rf", "--", trimmed], { root: "walk" });
    }
  },

  chmod({ mode, path }, { sysroot }) {
    if (mode < 0) throw new ActionError(`${path}: mode is negative`, "EINVAL");
    about(path, () => sysroot.inside(() => chmodSync(fsPath(path), mode)));
  },

  chown({ owner, group, path }, { sysroot }) {
    about(path, () => sysroot.inside(() => chownSync(fsPath(path), owner >>> 0, group >>> 0)));
  },

  lchown({ owner, group, path }, { sysroot }) {
    about(path, () => sysroot.inside(() => lchownSync(fsPath(path), owner >>> 0, group >>> 0)));
  },

  internal_write({ path, content }, { sysroot }) {
    write(sysroot, path, content, constants.O_TRUNC);
  },

  internal_write_append({ path, content }, { sysroot }) {
    write(sysroot, path, content, constants.O_APPEND);
  },

  filesize({ file: path }, { sysroot }) {
    return about(path, () => sysroot.inside(() => statSync(fsPath(path), { bigint: true }).size));
  },

  utimens({ path, atsecs, atnsecs, mtsecs, mtnsecs }, { sysroot }) {
    about(path, () => sysroot.inside(() => lutimens(path, timeSpec(atsecs, atnsecs), timeSpec(mtsecs, mtnsecs))));
  },

  realpath({ path }, { sysroot }) {
    return about(path, () =>
      sysroot.inside(() => textFromBytes(realpathSync.native(fsPath(path), { encoding: "buffer" }))),
    );
  },
} satisfies HandlersOf<typeof families.file, Context>;

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(fsPath(path));
  } catch (error) {
    if (errnoCode(error) !== "ENOENT") throw error;
  }
}

/** Inside the guest. `path` ends in a name, without slash: a link to a directory is a link then. */
function remove(path: string): void {
  try {
    if (lstatSync(fsPath(path)).isDirectory()) removeTree(Buffer.from(bytesFromText(path)));
    else unlinkIfThere(path);
  } catch (error) {
    // Nothing is there; also where the path leads through a file.
    const code = errnoCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
}

function withoutSlashes(path: string): string {
  return path.replace(/\/+$/, "") || "/";
}

function write(sysroot: Sysroot, path: string, content: Uint8Array, how: number): void {
  about(path, () => {
    const fd = sysroot.inside(() => openSync(fsPath(path), WRITE | how, NEW_FILE_MODE));
    try {
      for (let done = 0; done < content.length;) done += writeSync(fd, content, done);
    } finally {
      closeSync(fd);
    }
  });
}

function timeSpec(sec: bigint, nsec: bigint): TimeSpec {
  switch (nsec) {
    case -1n:
      return NOW;
    case -2n:
      return { sec: 0n, nsec: UTIME_OMIT };
    default:
      return { sec, nsec };
  }
}
