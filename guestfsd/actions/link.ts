/** Daemon side of schemas/actions/link.ts. */
import { linkSync, lstatSync, readlinkSync, statSync, symlinkSync, unlinkSync } from "node:fs";

import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, errnoCode, failure } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";

export const link = {
  ln({ target, linkname }, { sysroot }) {
    about(`${target}: ${linkname}`, () => sysroot.inside(() => linkSync(fsPath(target), fsPath(linkname))));
  },

  ln_f({ target, linkname }, { sysroot }) {
    about(`${target}: ${linkname}`, () =>
      sysroot.inside(() => {
        // Looked at first: a missing target must not cost the file that is there.
        const wanted = lstatSync(fsPath(target));
        const present = lstatSync(fsPath(linkname), { throwIfNoEntry: false });
        if (present !== undefined && present.ino === wanted.ino && present.dev === wanted.dev) return;
        makeWay(linkname);
        linkSync(fsPath(target), fsPath(linkname));
      }),
    );
  },

  ln_s({ target, linkname }, { sysroot }) {
    about(linkname, () => sysroot.inside(() => symlinkSync(fsPath(target), fsPath(linkname))));
  },

  ln_sf({ target, linkname }, { sysroot }) {
    about(linkname, () =>
      sysroot.inside(() => {
        makeWay(linkname);
        symlinkSync(fsPath(target), fsPath(linkname));
      }),
    );
  },

  readlink({ path }, { sysroot }) {
    return about(path, () => sysroot.inside(() => target(path)));
  },

  internal_readlinklist({ path, names }, { sysroot }) {
    return about(path, () =>
      sysroot.inside(() => {
        if (!statSync(fsPath(path)).isDirectory()) throw failure(path, "ENOTDIR");
        return names.map((name) => targetOrNothing(join(path, name)));
      }),
    );
  },
} satisfies HandlersOf<typeof families.link, Context>;

function target(path: string): string {
  return textFromBytes(readlinkSync(fsPath(path), { encoding: "buffer" }));
}

function targetOrNothing(path: string): string {
  try {
    return target(path);
  } catch {
    return "";
  }
}

/** Removes a file or link of this name. unlink(2) refuses a directory. */
function makeWay(path: string): void {
  try {
    unlinkSync(fsPath(path));
  } catch (error) {
    if (errnoCode(error) !== "ENOENT") throw error;
  }
}
