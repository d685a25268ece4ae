/** Daemon side of schemas/actions/copy-attributes.ts. */
import { chmodSync, chownSync, statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { getxattr, listxattr, setxattr } from "../native/xattr.ts";

const PERMISSIONS = 0o7777;

export const copyAttributes = {
  copy_attributes({ src, dest, all = false, mode = all, xattributes = all, ownership = all }, { sysroot }) {
    sysroot.inside(() => {
      const from = about(src, () => statSync(fsPath(src)));
      about(dest, () => statSync(fsPath(dest)));
      const attributes = about(src, () =>
        xattributes ? listxattr(src).map((name) => [name, getxattr(src, name)] as const) : [],
      );
      about(dest, () => {
        for (const [name, value] of attributes) setxattr(dest, name, value);
        // Before the mode: it takes the set-user-ID bit away.
        if (ownership) chownSync(fsPath(dest), from.uid, from.gid);
        if (mode) chmodSync(fsPath(dest), from.mode & PERMISSIONS);
      });
    });
  },
} satisfies HandlersOf<(typeof families)["copy-attributes"], Context>;
