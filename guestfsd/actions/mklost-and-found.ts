/**
 * Daemon side of schemas/actions/mklost-and-found.ts. Not the program of e2fsprogs: that works in its current directory,
 * which enter-root.so makes the guest's root.
 */
import { closeSync, mkdirSync, openSync, statSync, unlinkSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";

const MODE = 0o700;
/** What mklost+found(8) sets aside. */
const WANTED_SIZE = 16 * 1024;
const NAME_LENGTH = 250;
/** Enough names for the size; filesystems whose directories do not grow end here. */
const NAMES_MAX = 100;

export const mklostAndFound = {
  mklost_and_found({ mountpoint }, { sysroot }) {
    const path = join(mountpoint, "lost+found");
    about(path, () =>
      sysroot.inside(() => {
        mkdirSync(fsPath(path), MODE);
        setAside(path);
      }),
    );
  },
} satisfies HandlersOf<(typeof families)["mklost-and-found"], Context>;

/** A directory of ext never shrinks: names are added until it is large enough, and removed. */
function setAside(directory: string): void {
  const names: string[] = [];
  try {
    while (names.length < NAMES_MAX && statSync(fsPath(directory)).size < WANTED_SIZE) {
      const name = join(directory, String(names.length).padStart(NAME_LENGTH, "0"));
      closeSync(openSync(fsPath(name), "wx"));
      names.push(name);
    }
  } finally {
    for (const name of names) unlinkSync(fsPath(name));
  }
}
